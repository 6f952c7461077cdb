"""A proposed commit, judged by the base: its own files only, read from git's objects, the whole campaign with them."""

from build_tools.proposal.judge import Verdict, judge_proposal
from build_tools.proposal.proposal import Proposal, open_proposal
from build_tools.proposal.sender import Sender, sender

__all__ = ["Proposal", "Sender", "Verdict", "judge_proposal", "open_proposal", "sender"]
