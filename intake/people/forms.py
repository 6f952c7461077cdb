"""The forms of this room. What they ask is Chinese; what they give is checked by the room's own functions."""

from __future__ import annotations

from typing import Any

from django import forms

from intake.answers import Refused
from intake.current import campaign
from intake.people.models import Role
from intake.people.passphrases import LONGEST, SHORTEST, normal

_GROUND = 4000
"""More than anybody types, so that a field too long is told and not cut off."""


class _Form(forms.Form):
    """Errors in our words, never a value repeated in them."""

    error_css_class = "fault"

    def refuse(self, refused: Refused) -> None:
        """Show a refusal at the field it names, or above the form."""
        field = refused.more.get("field")
        self.add_error(field if field in self.fields else None, refused.message)


def _secret(label: str, kind: str, hint: str = "", missing: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=_GROUND,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": kind}),
        error_messages={"required": missing or f"请输入{label}。", "max_length": f"{label}太长。"},
    )


def _line(label: str, missing: str, hint: str = "", *, most: int = 200, **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", **attrs}),
        error_messages={"required": missing, "max_length": f"{label}太长。"},
    )


def _code(hint: str = "打开手机上的身份验证器，输入本账号当前的 6 位数字。") -> forms.CharField:
    return _line("动态码", "请输入动态码。", hint, autocomplete="one-time-code", inputmode="numeric")


class SignIn(_Form):
    """User name and passphrase."""

    username = _line("用户名", "请输入用户名。", autocomplete="username")
    passphrase = _secret("口令", "current-password")


class SecondFactor(_Form):
    """The authenticator's code."""

    code = _code()


class Code(_Form):
    """An enrolment code."""

    code = _line(
        "启用码",
        "请输入启用码。",
        "16 位，分 4 组，大小写不限，短横可以不输。",
        autocomplete="off",
        autocorrect="off",
    )


class _NewPassphrase(_Form):
    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        values = super().clean() or {}
        first, second = values.get("passphrase"), values.get("again")
        if first is not None and second is not None and normal(first) != normal(second):
            self.add_error("again", "两次输入的口令不一样，请重新输入。")
        return values


_HOW = f"至少 {SHORTEST} 个字，最多 {LONGEST} 个字。汉字、字母、数字、空格都可以，一句自己记得住的话最好。可以粘贴。"


class Opening(_NewPassphrase):
    """A first passphrase; with ``totp`` an authenticator's first code, too."""

    passphrase = _secret("新口令", "new-password", _HOW)
    again = _secret("再输一遍新口令", "new-password", missing="请再输一遍新口令。")
    totp_code = _code("扫过上面的二维码以后，输入身份验证器显示的 6 位数字。")

    def __init__(self, *args: Any, totp: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if not totp:
            del self.fields["totp_code"]


class Change(_NewPassphrase):
    """Another passphrase, for who knows the old one."""

    old = _secret("现在的口令", "current-password")
    passphrase = _secret("新口令", "new-password", _HOW)
    again = _secret("再输一遍新口令", "new-password", missing="请再输一遍新口令。")


class Totp(_Form):
    """A second factor on or off: passphrase and the authenticator's code."""

    old = _secret("现在的口令", "current-password")
    totp_code = _code()


class NewAccount(_Form):
    """An account to be made. The office's own are offered to an approver only."""

    role = forms.ChoiceField(
        label="账号类别",
        widget=forms.Select,
        error_messages={"required": "请选择账号类别。", "invalid_choice": "请选择账号类别。"},
    )
    unit = forms.ChoiceField(
        label="单位",
        required=False,
        help_text="办公室的账号不选。",
        error_messages={"invalid_choice": "本次活动没有这个单位，请重新选择。"},
    )
    name = forms.CharField(
        label="姓名",
        max_length=40,
        help_text="写真实姓名，收文台账和操作记录要用。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请写姓名。", "max_length": "姓名最多 40 个字。"},
    )
    username = _line(
        "用户名",
        "",
        "登录用，小写字母、数字或连字符。报送单位的账号可以不填，由系统编排。",
        most=40,
        autocomplete="off",
    )

    def __init__(self, *args: Any, office: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        roles = [(role.value, str(role.label)) for role in Role if office or role is Role.UNIT]
        self.fields["username"].required = False
        choose, units = self.fields["role"], self.fields["unit"]
        if isinstance(choose, forms.ChoiceField) and isinstance(units, forms.ChoiceField):
            choose.choices = roles
            units.choices = [("", "（请选择）"), *((unit.slug, unit.name) for unit in campaign().units)]
        if not office:
            del self.fields["role"]
            units.help_text = ""
