"""The 56 ethnic groups by their full names (GB/T 3304-1991, in the standard's order)."""

_NAMES = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡
纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克
德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺
"""

SUFFIX = "族"
ETHNICITIES = tuple(f"{name}{SUFFIX}" for name in _NAMES.split())

OUTSIDE = ("其他", "穿青人", "外国血统中国籍人士", "未识别民族")
"""What registers hold beside the 56 (codes 97 and 98 of practice, and the two unrecognised groups by name)."""
