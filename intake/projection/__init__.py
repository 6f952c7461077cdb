"""The one worker that turns the journal into commits, ledger events and sites."""
