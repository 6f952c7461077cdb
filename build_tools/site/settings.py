"""``mkdocs.yml`` before MkDocs reads it: what is wrong with its syntax, in Chinese."""

from __future__ import annotations

from pathlib import Path

import yaml

from build_tools.source.syntax import explain


def settings_fault(file: Path) -> str:
    """Where and why ``file`` cannot be read, and how to mend it; empty when it can."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
        for _ in yaml.parse(text, Loader=yaml.CSafeLoader):
            pass
    except UnicodeDecodeError:
        return f"{file.name}:1:1  网站设置不是 UTF-8 编码，无法读取。请用 UTF-8 编码另存后重试。"
    except yaml.MarkedYAMLError as error:
        line, column, reason, mend = explain(error, text)
        return f"{file.name}:{line}:{column}  网站设置的格式有误：{reason}。{mend}"
    except yaml.YAMLError:
        return f"{file.name}:1:1  网站设置中有不可见的控制字符，无法读取。请删去后重试。"
    return ""
