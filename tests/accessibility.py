"""A screen reader's view of the window: started by accessibility.sh in a D-Bus session with a display."""

import subprocess
import sys
import threading
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

BINARY, WORK = sys.argv[1:3]

# Roles that a person operates or reads as one.
INTERACTIVE = {
    Atspi.Role.PUSH_BUTTON,
    Atspi.Role.TOGGLE_BUTTON,
    Atspi.Role.CHECK_BOX,
    Atspi.Role.RADIO_BUTTON,
    Atspi.Role.ENTRY,
    Atspi.Role.PASSWORD_TEXT,
    Atspi.Role.SLIDER,
    Atspi.Role.LINK,
    Atspi.Role.MENU_ITEM,
    Atspi.Role.LIST_BOX,
    Atspi.Role.LIST_ITEM,
    Atspi.Role.TREE,
    Atspi.Role.TREE_ITEM,
    Atspi.Role.TABLE,
    Atspi.Role.TABLE_CELL,
    Atspi.Role.SCROLL_BAR,
    Atspi.Role.DIALOG,
    Atspi.Role.FRAME,
    Atspi.Role.IMAGE,
}
announced: list[tuple[str, int]] = []
faults: list[str] = []


def fail(words):
    sys.exit(f"accessibility: {words}")


def until(what, holds, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = holds()
        except GLib.Error:
            found = None  # A node that has just gone.
        if found:
            return found
        time.sleep(0.1)
    fail(f"never: {what}; announced: {announced}")


def walk(node):
    """Every node below this one."""
    yield node
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None:
            yield from walk(child)


def application():
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(index)
        if child is not None and child.get_name().lower().startswith("atelier"):
            return child
    return None


def nodes():
    return list(walk(application()))


def named(name, role=None):
    return [n for n in nodes() if n.get_name() == name and (role is None or n.get_role() == role)]


def check(screen):
    """Notes what has no name, or one that cannot be spoken."""
    counts = {"nodes": 0, "interactive": 0}
    for node in nodes():
        counts["nodes"] += 1
        role, name = node.get_role(), node.get_name() or ""
        if any("\ue000" <= character <= "\uf8ff" for character in name):
            faults.append(f"{screen}: {node.get_role_name()} {name!r} is called after an icon")
        if role in INTERACTIVE:
            counts["interactive"] += 1
            if not name.strip():
                faults.append(f"{screen}: a {node.get_role_name()} has no name")
        if role == Atspi.Role.SLIDER and "Value" not in (node.get_interfaces() or []):
            faults.append(f"{screen}: the slider {name!r} has no value")
    print(f"  {screen}: {counts['nodes']} nodes, {counts['interactive']} interactive")


def key(*keys):
    subprocess.run(["xdotool", "key", "--delay", "30", *keys], check=True)
    time.sleep(0.6)


def write(text):
    subprocess.run(["xdotool", "type", "--delay", "12", text], check=True)
    time.sleep(0.3)


def focused():
    found = [n for n in nodes() if n.get_state_set().contains(Atspi.StateType.FOCUSED)]
    return found[-1] if found else None


def listen():
    def heard(event):
        if event.any_data:
            announced.append((str(event.any_data), event.detail1))

    listener = Atspi.EventListener.new(heard)
    listener.register("object:announcement")
    threading.Thread(target=GLib.MainLoop().run, daemon=True).start()


def said(words):
    until(f"{words!r} is announced", lambda: any(words in text for text, _ in announced))


def main():
    listen()
    with open(f"{WORK}/window.log", "w", encoding="utf-8") as log:
        openbox = subprocess.Popen(["openbox"], stdout=log, stderr=log)
        # Without a reader that is switched on, programs do not build their trees.
        subprocess.run(
            ["gdbus", "call", "--session", "--dest", "org.a11y.Bus", "--object-path", "/org/a11y/bus", "--method",
             "org.freedesktop.DBus.Properties.Set", "org.a11y.Status", "IsEnabled", "<true>"],
            check=True, stdout=log)
        subprocess.run(
            ["gdbus", "call", "--session", "--dest", "org.a11y.Bus", "--object-path", "/org/a11y/bus", "--method",
             "org.freedesktop.DBus.Properties.Set", "org.a11y.Status", "ScreenReaderEnabled", "<true>"],
            check=True, stdout=log)
        window = subprocess.Popen([BINARY], stdout=log, stderr=log)
        try:
            visit()
        finally:
            window.terminate()
            window.wait()
            openbox.terminate()
            openbox.wait()
    print("announced:")
    for words, politeness in announced:
        print(f"  {'assertive' if politeness == 2 else 'polite'}: {words}")
    if faults:
        fail("\n  ".join([f"{len(faults)} faults", *faults]))
    print("accessibility: every interactive node has a name, and what happens is announced")


def visit():
    until("the window is on the bus", application)
    until("the prompt is there", lambda: named("Prompt"))
    subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Atelier", "windowactivate"], check=True)
    check("first launch")
    write("a fox in snow")
    key("ctrl+Return")
    said("done")
    until("the image is there", lambda: named("a fox in snow", Atspi.Role.LIST_ITEM))
    check("gallery")
    key("Escape")
    reader = until("the image is reported as focused", lambda: (n := focused()) and n.get_name() == "a fox in snow" and n)
    print(f"  focus: {reader.get_role_name()} {reader.get_name()!r}")
    for screen, shortcut in [
        ("export", "ctrl+e"),
        ("grid", "ctrl+g"),
        ("blind comparison", "ctrl+shift+g"),
        ("settings", "ctrl+comma"),
        ("shortcuts", "question"),
    ]:
        key(shortcut)
        dialogs = until(f"{screen} is open", lambda: [n for n in nodes() if n.get_role() == Atspi.Role.DIALOG])
        if len(dialogs) != 1:
            faults.append(f"{screen}: {len(dialogs)} dialogs are reported: {[n.get_name() for n in dialogs]}")
        if named("Prompt", Atspi.Role.ENTRY) and screen not in ("grid", "blind comparison"):
            faults.append(f"{screen}: the page behind the dialog is not hidden")
        check(screen)
        key("Escape")
    key("Return")
    check("viewer")
    key("Escape")
    key("ctrl+2")
    check("sheets")
    key("ctrl+3")
    check("queue")
    key("ctrl+shift+j")
    said("paused")
    key("ctrl+shift+j")
    key("ctrl+1")
    key("alt+a", "ctrl+a")
    write("a wall [fail:401]")
    key("ctrl+Return")
    said("not accepted")
    key("Escape")
    key("Delete")
    said("trash")
    check("after everything")


main()
