"""What deals still oblige whom to: promises by kind, which of them hold on a path, and the instruments they become."""

from ouroloop.scenario.contracts.read import Contracts, contracts, each_kind

__all__ = ["Contracts", "contracts", "each_kind"]
