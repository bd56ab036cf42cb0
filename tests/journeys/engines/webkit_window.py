#!/usr/bin/python3
"""A bare WebKitGTK window that WebKitWebDriver starts and drives, with a profile on disk.

The engine's own MiniBrowser forgets everything when it is driven. This is run by the system's
Python, which alone has `gi`, never by the environment's."""

import os

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

PROFILE = os.environ["WINDOW_PROFILE"]


def make_view(_session: WebKit2.AutomationSession) -> WebKit2.WebView:
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
    window = Gtk.Window()
    window.set_decorated(False)
    window.set_default_size(390, 844)
    window.add(view)
    window.show_all()
    view.connect("close", lambda _view: window.destroy())
    window.connect("destroy", lambda _window: Gtk.main_quit())
    return view


def begin(_context: WebKit2.WebContext, session: WebKit2.AutomationSession) -> None:
    told = WebKit2.ApplicationInfo()
    told.set_name("MiniBrowser")
    told.set_version(2, WebKit2.get_minor_version(), 0)
    session.set_application_info(told)
    session.connect("create-web-view", make_view)


disk = WebKit2.WebsiteDataManager(
    base_data_directory=f"{PROFILE}/data", base_cache_directory=f"{PROFILE}/cache"
)
context = WebKit2.WebContext.new_with_website_data_manager(disk)
context.set_preferred_languages(["zh-CN"])
context.set_automation_allowed(True)
context.connect("automation-started", begin)
Gtk.main()
