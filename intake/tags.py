"""Template filters: moments and names as people read them. Values are escaped by Django as everywhere."""

from __future__ import annotations

from datetime import datetime

from django import template

from intake.current import campaign

register = template.Library()


@register.filter
def moment(value: datetime | None) -> str:
    """``2012年8月22日 18:03:11``, in the campaign's time zone."""
    if value is None:
        return ""
    local = value.astimezone(campaign().timezone)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S}"


@register.filter
def unit_name(slug: str) -> str:
    """The unit's name, or its slug if the campaign no longer knows it."""
    unit = campaign().unit_by_slug.get(slug)
    return unit.name if unit else slug


@register.filter
def document_title(name: str) -> str:
    """先进个人推荐表（第 1 名）"""
    return campaign().document_title(name)
