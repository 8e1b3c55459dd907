"""What all tests share: hypothesis's settings. Examples are few and fixed, so that a run of the
tests is quick and says the same thing twice; HYPOTHESIS_PROFILE=search looks further."""

import os

from hypothesis import settings

settings.register_profile("quick", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("search", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
