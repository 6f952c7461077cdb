"""The other peer: WeasyPrint on the printable HTML of the same forms. ``weasy.py SUBSETTER OUT FILE.html …``.

It takes the used glyphs out of the fonts with fontTools, which pip installs with it, or, where the system has it, with
HarfBuzz' own library. Both are measured (``fonttools``, ``harfbuzz``).
"""

from __future__ import annotations

import sys
from pathlib import Path

from weasyprint import HTML
from weasyprint.pdf import fonts


def main(subsetter: str, out: Path, files: list[str]) -> None:
    if subsetter == "fonttools":
        fonts.harfbuzz_subset = None
    elif fonts.harfbuzz_subset is None:
        sys.exit("this system has no libharfbuzz-subset")
    for number, file in enumerate(files):
        HTML(filename=file).write_pdf(out / f"{number}.pdf")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
