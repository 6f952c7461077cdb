"""What units hand in by mail or on a stick: recognised by its name, checked, and placed where it belongs."""

from build_tools.handed_in.names import Refused
from build_tools.handed_in.take import Outcome, State, Wish, take_in

__all__ = ["Outcome", "Refused", "State", "Wish", "take_in"]
