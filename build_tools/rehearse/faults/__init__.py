"""One labelled defect of every rule, each in units of its own, so that none hides or causes another."""

from __future__ import annotations

from build_tools.rehearse.faults.draft import Fault
from build_tools.rehearse.faults.form_faults import FIELD_FAULTS, SCHEMA_FAULTS
from build_tools.rehearse.faults.layout_faults import LAYOUT_FAULTS
from build_tools.rehearse.faults.material_faults import MATERIAL_FAULTS
from build_tools.rehearse.faults.nominee_faults import DUPLICATE_FAULTS, QUOTA_FAULTS
from build_tools.rehearse.faults.number_faults import ACROSS_FAULTS, ARITHMETIC_FAULTS
from build_tools.rehearse.faults.time_faults import TIME_FAULTS
from build_tools.rehearse.faults.yaml_faults import YAML_FAULTS

__all__ = ["EXCLUDED", "FAULTS", "Fault"]

FAULTS: tuple[Fault, ...] = (
    *YAML_FAULTS,
    *SCHEMA_FAULTS,
    *FIELD_FAULTS,
    *ARITHMETIC_FAULTS,
    *ACROSS_FAULTS,
    *QUOTA_FAULTS,
    *DUPLICATE_FAULTS,
    *MATERIAL_FAULTS,
    *LAYOUT_FAULTS,
    *TIME_FAULTS,
)

EXCLUDED: dict[str, str] = {
    "C": "活动文件本身的错误：活动不能使用，其余内容不再检查，不能与别的错误放在同一个活动里。",
    "T08": "只在审查合并请求时出现：演练活动的文件都已并入。",
    "G": "只在审查合并请求时出现：演练活动的文件都已并入。",
    "T19": "与先前的版本比较才看得出：演练活动的台账只有一个版本。",
    "P": "打印前才核对，取决于机器上的字体，写不进文件。",
    "L08": "取决于谁来检查、从哪里读取，写不进文件。",
    "S09": "只见于活动文件：报送表格的填报要求没有用到会引出它的关键字。",
}
"""Codes, or first letters of codes, that cannot be planted in submissions, and why."""
