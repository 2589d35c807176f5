"""What every instrument is: a book of contracts of one kind, which declares its flows and says what moves."""

from __future__ import annotations

from abc import abstractmethod

import equinox as eqx

from ouroloop.ledger import Flow


class Instrument(eqx.Module):
    """A book of contracts of one kind.

    Names and parties are static; terms are arrays whose first axis is `contract` (or `tranche`); what changes is kept
    in a state whose arrays end in `path`. Methods that move money return `Float[Array, "flow path"]` in the order of
    `flows`: all contracts of the first kind of flow, then all of the second. It never posts: the ledger does.
    """

    @property
    @abstractmethod
    def flows(self) -> tuple[Flow, ...]:
        """The flow types of all contracts, kind by kind. The ledger proves them when the world is built."""
