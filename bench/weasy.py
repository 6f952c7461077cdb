"""The other peer: WeasyPrint on the printable HTML of the same forms. ``weasy.py OUT FILE.html …``, one process."""

from __future__ import annotations

import sys
from pathlib import Path

from weasyprint import HTML


def main(out: Path, files: list[str]) -> None:
    for number, file in enumerate(files):
        HTML(filename=file).write_pdf(out / f"{number}.pdf")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
