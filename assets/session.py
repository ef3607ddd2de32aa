#!/usr/bin/env python3
"""Makes session.svg, the picture in the README: runs the lines below with a real ipctool in namespaces of its own and
draws what a terminal of 80 columns shows.

    assets/session.py target/release/ipctool >assets/session.svg
"""

import html
import os
import pty
import re
import subprocess
import sys

LINES = """
ipctool msgq send 0x4d2 --create 'backup /home' 'backup /srv'
ipctool shm create /player 32
ipctool shm write /player --struct 'int age; char name[20]; int id' --set age=29 --set name=Ada
ipctool sem run 0x4d3 --slots 3 -- sleep 9 &
ipctool ls
ipctool msgq peek 0x4d2 --all
ipctool shm dump /player --struct 'int age; char name[20]; int id'
ipctool msgq recv 0x4d2 --count 2 -- wc -c
ipctool rm msgq shm --unused --yes
""".strip().splitlines()

WIDTH, LEFT, TOP, STEP, LETTER = 760, 16, 46, 18, 8.4


def seen(binary):
    """What the terminal shows, as text."""
    root = [] if os.geteuid() == 0 else ["-U", "-r"]
    script = ["mount -t tmpfs none /dev/shm", "cd /", "stty cols 80", 'PATH="$1:$PATH"']
    for line in LINES:
        script += [f"printf '%s\\n' {quoted('$ ' + line)}", line]
        if line.endswith("&"):
            script.append(f"until {line.split()[0]} show sem:0x4d3 --field semaphores.value 2>&1 | grep -qx 2; do :; done")
    script.append("kill %1; wait 2>/dev/null")
    words = ["unshare", *root, "-i", "-m", "bash", "-c", "\n".join(script), "bash", os.path.dirname(binary)]
    outer, inner = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "HOME": "/"}
    child = subprocess.Popen(words, stdin=inner, stdout=inner, stderr=inner, env=environment, start_new_session=True)
    os.close(inner)
    text = b""
    while True:
        try:
            more = os.read(outer, 65536)
        except OSError:
            break
        if not more:
            break
        text += more
    if child.wait() not in (0, 143):
        sys.exit(text.decode())
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r", "", text.decode())


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def drawn(lines):
    """The lines as SVG."""
    height = TOP + STEP * len(lines) + 8
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img">',
        "<title>A session with ipctool</title>",
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#1c2128"/>',
    ]
    for place, colour in enumerate(["#e5534b", "#c69026", "#57ab5a"]):
        out.append(f'<circle cx="{LEFT + 6 + 20 * place}" cy="18" r="6" fill="{colour}"/>')
    out.append('<g font-family="ui-monospace,monospace" font-size="14" xml:space="preserve">')
    for place, line in enumerate(lines):
        colour = "#6cb6ff" if line.startswith("$ ") or line.startswith("> ") else "#cdd9e5"
        at = f'x="{LEFT}" y="{TOP + STEP * place}" fill="{colour}"'
        size = f'textLength="{len(line) * LETTER:.1f}"' if line else ""
        out.append(f"<text {at} {size}>{html.escape(line)}</text>")
    return "\n".join(out + ["</g>", "</svg>"])


def folded(line):
    """A typed line that is wider than the terminal, continued as a shell shows it."""
    if len(line) <= 84:
        return [line]
    cut = line.rindex(" --struct", 0, 84)
    return [line[:cut] + " \\", "> " + line[cut + 1 :]]


if __name__ == "__main__":
    shown = seen(os.path.realpath(sys.argv[1])).rstrip("\n").split("\n")
    print(drawn([part for line in shown for part in folded(line)]))
