"""The facts of one run: `facts` names each table's record, `ledger` keeps them as columns."""

from anlan.sim.ledger import facts
from anlan.sim.ledger.ledger import KEYS, NEVER, TABLES, Ledger

__all__ = ["KEYS", "NEVER", "TABLES", "Ledger", "facts"]
