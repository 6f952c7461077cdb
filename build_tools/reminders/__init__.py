"""Reminders (催报): who is to be called and written to, the letters, and sending each of them once."""

from build_tools.reminders.plan import Duty, Reminder, plan

__all__ = ["Duty", "Reminder", "plan"]
