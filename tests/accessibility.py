"""A screen reader's view of the window: started by accessibility.sh in a D-Bus session with a display."""

import subprocess
import sys
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
# What the number of an announcement means.
POLITENESS = {0: "none", 1: "polite", 2: "assertive"}
announced: list[tuple[str, int]] = []
faults: list[str] = []


def fail(words):
    sys.exit(f"accessibility: {words}")


def until(what, holds, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = holds()
        except GLib.Error:
            found = None  # A node that has just gone.
        if found:
            return found
        wait(0.1)
    fail(f"never: {what}; announced: {announced}")


def walk(node):
    """Every node below this one. A node may go while it is looked at."""
    yield node
    try:
        count = node.get_child_count()
    except GLib.Error:
        return
    for index in range(count):
        try:
            child = node.get_child_at_index(index)
        except GLib.Error:
            continue
        if child is not None:
            yield from walk(child)


def application():
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(index)
        if child is not None and child.get_name().lower().startswith("atelier"):
            # What is kept from an earlier question may be gone.
            child.set_cache_mask(Atspi.Cache.NONE)
            return child
    return None


def nodes():
    return list(walk(application()))


def having(holds):
    """The nodes for which this holds, without those that go in between."""
    found = []
    for node in nodes():
        try:
            if holds(node):
                found.append(node)
        except GLib.Error:
            pass
    return found


def named(name, role=None):
    return having(lambda n: n.get_name() == name and (role is None or n.get_role() == role))


def check(screen):
    """Notes what has no name, or one that cannot be spoken."""
    counts = {"nodes": 0, "interactive": 0}
    for node in having(lambda _: True):
        counts["nodes"] += 1
        try:
            role, name = node.get_role(), node.get_name() or ""
        except GLib.Error:
            continue
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
    subprocess.run(["xdotool", "key", "--delay", "120", *keys], check=True)
    wait(0.4)


def write(text):
    subprocess.run(["xdotool", "type", "--delay", "12", text], check=True)
    wait(0.3)


def focused():
    found = having(lambda n: n.get_state_set().contains(Atspi.StateType.FOCUSED))
    return found[-1] if found else None


def listen():
    def heard(event):
        if event.any_data:
            announced.append((str(event.any_data), event.detail1))

    listener = Atspi.EventListener.new(heard)
    listener.register("object:announcement")
    return listener


def wait(seconds):
    """Lets time pass while events are received. In one thread, because AT-SPI's client is not made for two."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        while GLib.MainContext.default().iteration(False):
            pass
        time.sleep(0.02)


def said(words):
    until(f"{words!r} is announced", lambda: any(words in text for text, _ in announced))


def main():
    # A machine under load answers late.
    Atspi.set_timeout(15_000, 60_000)
    listener = listen()
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
        except BaseException:
            # What the window looked like, and what it said.
            subprocess.run(["import", "-window", "root", "/tmp/atelier-accessibility-failed.png"], check=False)
            log.flush()
            with open(log.name, encoding="utf-8") as said_by_window:
                print("".join(said_by_window.readlines()[-40:]), f"the window: {window.poll()}", file=sys.stderr)
            raise
        finally:
            window.terminate()
            window.wait()
            openbox.terminate()
            openbox.wait()
            listener.deregister("object:announcement")
    print("announced:")
    for words, politeness in announced:
        print(f"  {POLITENESS[politeness]}: {words}")
    if faults:
        fail("\n  ".join([f"{len(faults)} faults", *faults]))
    print("accessibility: every interactive node has a name, and what happens is announced")


def dialogs():
    return having(lambda n: n.get_role() in (Atspi.Role.DIALOG, Atspi.Role.ALERT))


def check_focus(where):
    """Notes that the focus is on nothing, if it stays there."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            focus = focused()
            if focus is not None and focus.get_role() != Atspi.Role.FRAME:
                return
        except GLib.Error:
            pass  # A node that has just gone.
        wait(0.2)
    faults.append(f"{where}: the focus is on nothing")


def in_dialog(screen, *keys, inside=lambda: None):
    """Opens a dialog by keys, checks it, and closes it with Escape."""
    key(*keys)
    found = until(f"{screen} is open", dialogs)
    if len(found) != 1:
        faults.append(f"{screen}: {len(found)} dialogs are reported: {[n.get_name() for n in found]}")
    if named("Prompt", Atspi.Role.ENTRY) and screen not in SHOWS_PROMPT:
        faults.append(f"{screen}: the page behind the dialog is not hidden")
    check_focus(screen)
    check(screen)
    inside()
    key("Escape")
    until(f"{screen} is closed", lambda: not dialogs())
    check_focus(f"after {screen}")


# Dialogs with a field of the name that the composer's field has.
SHOWS_PROMPT = ("edit request",)


SECTIONS = ("Library", "Appearance", "Providers", "Queue and spending", "Shortcuts", "About")


def sections():
    """Visits the sections of the settings."""
    for name in SECTIONS:
        button = next((node for node in named(name) if node.get_n_actions() > 0), None)
        if button is None:
            faults.append(f"settings: the section {name} was not found")
            continue
        button.do_action(0)
        wait(0.4)
        check(f"settings, {name}")


def visit():
    until("the window is on the bus", application)
    until("the prompt is there", lambda: named("Prompt"))
    subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Atelier", "windowactivate"], check=True)
    check("first launch")
    until("the prompt has the focus", lambda: (n := focused()) and n.get_name() == "Prompt")
    write("a fox in snow")
    key("ctrl+Return")
    said("1 request queued")
    said("1 request finished")
    until("the image is there", lambda: named("a fox in snow", Atspi.Role.LIST_ITEM))
    check("gallery")
    key("Escape")
    reader = until("the image is reported as focused", lambda: (n := focused()) and n.get_name() == "a fox in snow" and n)
    print(f"  focus: {reader.get_role_name()} {reader.get_name()!r}")
    in_dialog("commands", "ctrl+k")
    in_dialog("grid", "ctrl+g")
    in_dialog("blind comparison", "ctrl+shift+g")
    in_dialog("batch", "ctrl+b")
    in_dialog("request details", "w")
    in_dialog("collections", "b")
    in_dialog("shortcuts", "question")
    in_dialog("settings", "ctrl+comma", inside=sections)
    # Ctrl+Enter is the primary button: it exports, and closes what the dialog says afterwards.
    in_dialog("export", "ctrl+e", inside=lambda: (key("ctrl+Return"), said("1 file exported"), check("exported")))
    key("Return")
    until("the viewer is there", lambda: named("a fox in snow", Atspi.Role.IMAGE))
    check("viewer")
    key("Escape")
    key("ctrl+2")
    check("sheets")
    key("ctrl+3")
    check("queue")
    key("ctrl+shift+j")
    said("paused")
    key("ctrl+shift+j")
    said("resumed")
    key("ctrl+1")
    key("alt+a", "ctrl+a")
    write("a wall [fail:401]")
    key("ctrl+Return")
    until("the failure is announced at once", lambda: any(POLITENESS[at] == "assertive" for _, at in announced))
    check("failed request")
    key("Escape")
    until("the image is reported as focused", lambda: (n := focused()) and n.get_name() == "a fox in snow")
    key("ctrl+a")
    key("Delete")
    said("trash")
    check("after everything")


main()
