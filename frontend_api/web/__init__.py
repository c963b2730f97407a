"""The pages for people: the page a QR code opens, look-up, upload. Server-rendered, zh and en."""

from frontend_api.web.pages import add_pages
from frontend_api.web.problems import problem_page

__all__ = ["add_pages", "problem_page"]
