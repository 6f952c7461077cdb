"""What can be wrong with a file in the materials folder. Found by ``attachments``."""

from __future__ import annotations

from build_tools.findings import Rule, Severity


class TooManyFiles(Rule):
    """材料文件夹里的文件数不得超过上限。

    文件太多，多半是把一份材料逐页存成了图片。请合并成一个 PDF。

    正确：一份 30 页的汇编扫描成一个 PDF。

    错误：30 页扫描成 30 张图片。
    """

    code = "M11"
    title = "材料文件过多"
    message = "材料文件共 {number} 个，超过 {limit} 个的上限。"
    hint = "把同一份材料合并成一个 PDF 文件，删去不需要的文件。"


class FileTooLarge(Rule):
    """单个文件不得超过上限；照片另有较小的上限。

    正确：扫描件用 200 至 300 dpi，一份约 3 MiB。

    错误：照片直接用相机原图，一张 12 MiB。
    """

    code = "M12"
    title = "文件过大"
    message = "{kind}有 {size} KB，超过 {limit} KB 的上限。"
    hint = "降低扫描分辨率或压缩后重新保存；照片裁剪后另存。"


class FileDamaged(Rule):
    """文件要能正常打开。

    传输中断、存储介质损坏都会使文件不完整。报送前请在本机打开看一遍。

    正确：能打开、能翻到最后一页。

    错误：文件只传了一半。
    """

    code = "M13"
    title = "文件损坏"
    message = "文件无法打开：{what}。"
    hint = "用原软件重新保存或重新扫描，打开确认无误后再报送。"


class KindNotAccepted(Rule):
    """只接受规定的几种文件。

    是什么文件看内容，不看扩展名；把扩展名改成 .pdf 不会使它成为 PDF。

    正确：PDF、JPEG、PNG、Word（docx）文件。

    错误：压缩包、旧版 Word（doc）、WPS 文件、网页、程序。
    """

    code = "M14"
    title = "文件类型不接受"
    message = "文件的内容是“{kind}”，不在接受之列。"
    hint = "另存为可接受的类型（{accepted}）后再报送。"
    advice = "另存为可接受的类型后再报送；校验意见逐一列出可接受的类型。"


class NameDisagrees(Rule):
    """扩展名要与内容相符。

    正确：study.pdf 的内容是 PDF。

    错误：study.pdf 的内容其实是 JPEG 图片。
    """

    code = "M15"
    title = "扩展名与内容不符"
    message = "文件的内容是“{kind}”，与扩展名不符。"
    hint = "把扩展名改为 .{extension}，清单中的文件名一并改正；或另存为扩展名所写的类型。"
    advice = "把扩展名改成与内容相符，清单中的文件名一并改正；或另存为扩展名所写的类型。"


class FileLocked(Rule):
    """文件不得加密或加打开密码。

    加了密码的文件，评审时打不开；限制打印的 PDF 也算加密。

    正确：不设密码。

    错误：PDF 设了打开密码。
    """

    code = "M16"
    title = "文件加密"
    message = "文件加了密码或使用限制。"
    hint = "取消密码和使用限制，另存后再报送。"


class FileActs(Rule):
    """文件只供阅读，不得带宏、脚本、嵌入文件和外部引用。

    这些内容会在打开时自动运行或联网，机关的计算机上不允许。

    正确：只有文字和图片的 PDF。

    错误：带宏的 Word 文档，或夹带附件的 PDF。
    """

    code = "M17"
    title = "文件带有可运行的内容"
    message = "文件中有{what}。"
    hint = "用“打印”或“导出为 PDF”重新生成一份只有文字和图片的文件。"


class FileExplodes(Rule):
    """文件展开后的大小不得异常。

    体积很小、展开却极大的文件会使打开它的计算机失去响应。为安全起见不予展开。

    正确：普通扫描件和文档。

    错误：100 KB 的文档，解压后有 10 GB。
    """

    code = "M18"
    title = "文件展开后过大"
    message = "文件{what}，不予打开。"
    hint = "重新生成文件；照片请缩小像素后另存。"


class PhotoKind(Rule):
    """照片用 JPEG 或 PNG 格式。

    正确::

        photo: materials/individual-01.jpg

    错误：照片放在 Word 文档或 PDF 里。
    """

    code = "M21"
    title = "照片格式不对"
    message = "照片的内容是“{kind}”，应为 JPEG 或 PNG 图片。"
    hint = "用看图软件另存为 JPEG（扩展名 .jpg）。"


class PhotoOdd(Rule):
    """照片应是普通的彩色或黑白静止图片。

    印刷用的 CMYK 图片在不同软件中颜色不一，动画只能印出一帧。

    正确：RGB 颜色的 JPEG。

    错误：印刷厂给的 CMYK 图片。
    """

    code = "M22"
    title = "照片不是普通图片"
    message = "照片{what}，打印会出错。"
    hint = "用看图软件另存为普通的 JPEG（RGB 颜色、静止）。"


class PhotoShape(Rule):
    """照片的宽与高应为 35 比 49。

    表上的照片格为小二寸（35毫米×49毫米）。比例不对，打印时会变形或留白。允许相差百分之三。

    正确：宽 413 像素、高 579 像素。

    错误：宽 400 像素、高 400 像素。
    """

    code = "M23"
    title = "照片比例不对"
    severity = Severity.WARNING
    message = "照片宽 {width}、高 {height} 像素，与 35 比 49 的比例不符。"
    hint = "裁剪成宽 35、高 49 的比例，例如宽 413、高 579 像素。"


class PhotoSmall(Rule):
    """照片的像素不宜太少，否则打印模糊。

    正确：宽 413 像素、高 579 像素。

    错误：宽 100 像素、高 140 像素。
    """

    code = "M24"
    title = "照片像素太少"
    severity = Severity.WARNING
    message = "照片宽 {width}、高 {height} 像素，少于宽 {least_width}、高 {least_height} 像素，打印会模糊。"
    hint = "换一张更清晰的照片，不要把小图拉大。"


class PhotoCarries(Rule):
    """照片文件里不必带拍摄信息。

    手机和相机会把拍摄时间、地点、机型写进文件。这些与推荐无关，打印和公开时一律去除。

    正确：用看图软件另存、不带拍摄信息的照片。

    错误：带有拍摄地点的手机原图。
    """

    code = "M25"
    title = "照片带有拍摄信息"
    severity = Severity.WARNING
    message = "照片文件带有{what}，使用时会去除。"
    hint = "可以不改；如不愿提交这些信息，请用看图软件另存后重新报送。"


TOO_MANY, TOO_LARGE, DAMAGED = TooManyFiles(), FileTooLarge(), FileDamaged()
NOT_ACCEPTED, NAME_DISAGREES = KindNotAccepted(), NameDisagrees()
LOCKED, ACTS, EXPLODES = FileLocked(), FileActs(), FileExplodes()
PHOTO_KIND, PHOTO_ODD, PHOTO_SHAPE = PhotoKind(), PhotoOdd(), PhotoShape()
PHOTO_SMALL, PHOTO_CARRIES = PhotoSmall(), PhotoCarries()

BY_TROUBLE: dict[str, Rule] = {"damaged": DAMAGED, "locked": LOCKED, "active": ACTS, "bomb": EXPLODES}
"""The rule for each kind of :class:`~build_tools.checks.content.Trouble`."""

ATTACHMENT_RULES: tuple[Rule, ...] = (
    TOO_MANY,
    TOO_LARGE,
    DAMAGED,
    NOT_ACCEPTED,
    NAME_DISAGREES,
    LOCKED,
    ACTS,
    EXPLODES,
    PHOTO_KIND,
    PHOTO_ODD,
    PHOTO_SHAPE,
    PHOTO_SMALL,
    PHOTO_CARRIES,
)
