"""Many runs, whole on disk: of one scenario (`replicate`) or of many variants of it (`play`).

`parts` names what is finished, `chunk` plays some neighbouring runs and leaves them as one part,
`players` hands chunks to this process, to worker processes or to a Dask cluster, `tables` writes
Parquet, `merge` makes one file a table. The merged tables do not depend on the number of
workers, on what was killed, or on how often the study was interrupted.
"""

from anlan.sim.study.files import write_whole
from anlan.sim.study.parts import PARTS, STAMP
from anlan.sim.study.runs import Runs, fingerprint, replicate

__all__ = ["PARTS", "STAMP", "Runs", "fingerprint", "replicate", "write_whole"]
