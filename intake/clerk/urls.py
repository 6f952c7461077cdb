"""A unit's own pages."""

from __future__ import annotations

from django.urls import path

from intake.clerk import versions, views, withdrawing

urlpatterns = [
    path("", views.home, name="home"),
    path("documents/<str:document>/", versions.history, name="history"),
    path("documents/<str:document>/withdraw/", withdrawing.withdraw, name="withdraw"),
    path("receipts/<str:number>/", views.receipt, name="receipt"),
    path("receipts/<str:number>/changes/", versions.changes, name="changes"),
    path("receipts/<str:number>/files/<path:path>", versions.file, name="receipt-file"),
    path("receipts/<str:number>/receipt.pdf", views.receipt_pdf, name="receipt-pdf"),
    path("receipts/<str:number>/receipt.txt", views.receipt_text, name="receipt-text"),
    path("receipts/<str:number>/receipt.txt.sig", views.receipt_signature, name="receipt-signature"),
]
