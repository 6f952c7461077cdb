"""What a page says once, after the step before it was done."""

from __future__ import annotations

from django.http import HttpRequest

_KEY = "outcome"
SENTENCES = {
    "enrolled": "账号已启用。以后用下面的用户名和刚才设的口令登录。",
    "reset": "口令已重设，其他地方的登录都已退出。以后用新口令登录。",
    "passphrase": "口令已修改，其他地方的登录都已退出。",
    "totp-on": "已开启动态码。以后登录时还要输入身份验证器上的 6 位数字。",
    "totp-off": "已关闭动态码。以后只用口令登录。",
    "elsewhere": "其他地方的登录都已退出，本机仍在登录。",
    "lifted": "已解除暂停，本人现在可以再登录。",
    "deactivated": "账号已停用，它的登录都已退出，发出的启用码都已作废。",
    "reactivated": "账号已恢复。忘了口令的，请另发启用码。",
}


def tell(request: HttpRequest, what: str) -> None:
    """Let the next page that asks say ``SENTENCES[what]``; kept in the session, so nobody else can put it there."""
    request.session[_KEY] = what


def told(request: HttpRequest) -> str:
    """The sentence, once; empty if there is none."""
    if _KEY not in request.session:
        return ""
    return SENTENCES.get(request.session.pop(_KEY), "")
