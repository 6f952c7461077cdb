"""The intake: a web service that takes a form, gives a durable receipt, and writes git.

It imports ``build_tools``, never the reverse. Its rooms, each importing only from those below it:

* ``cli``: ``shenbao serve`` and ``shenbao intake``;
* ``clerk``, ``office``, ``doors``: pages and addresses for units, for the office, and the built sites behind them;
* ``keeping``: backup, restoring, and the record for an archive;
* ``projection``: the one worker that turns the journal into commits, ledger events and sites;
* ``health``: whether it is well, in figures, and what is tidied away;
* ``receipts``: what a receipt says, its signature and its printed face;
* ``journal``: what was received, in the order it was received, durable before anybody is told;
* ``files``: uploads and drafts;
* ``people``: accounts, sign-in, who may open which door, and the audit trail.
"""
