#!/usr/bin/env python3
"""Measures one row of the benchmark table: our command and the peer's, run in turn, and prints the row.

Time is the wall clock from starting a command to its end; the row has the median of the runs. Memory is the largest
resident set that any process of a command reached. Only Python's standard library is used.
"""

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

COLUMNS = "{:<24} {:<22} {:>10} {:>10} {:>8} {:>10} {:>10}  {}"
SHELL_WORDS = {"|", ";", "&&", "do", "done", "for"}


class Failed(Exception):
    """A command did not do its work, so its time means nothing."""


class Command:
    """A command line: words and `< FILE`; one with shell words or patterns in it is run by sh."""

    def __init__(self, line):
        words = shlex.split(line)
        self.stdin = os.devnull
        is_pattern = any("*" in word for word in words)
        self.is_shell_line = is_pattern or bool(SHELL_WORDS.intersection(word.rstrip(";") or ";" for word in words))
        if self.is_shell_line:
            words = ["/bin/sh", "-euc", line]
        elif "<" in words:
            at = words.index("<")
            self.stdin = words[at + 1]
            del words[at : at + 2]
        self.words = words

    def run(self, watch=None):
        """Runs it once: seconds and kilobytes. `watch` is called with the process until it has ended."""
        with open(self.stdin, "rb") as stdin, open(os.devnull, "wb") as out, tempfile.TemporaryFile() as errors:
            streams = [(os.POSIX_SPAWN_DUP2, stream.fileno(), n) for n, stream in enumerate([stdin, out, errors])]
            # The shortest way to start a program: subprocess takes half a millisecond more, a tenth of what is measured.
            begin = time.perf_counter()
            pid = os.posix_spawnp(self.words[0], self.words, os.environ, file_actions=streams)
            if watch is not None:
                watch(pid)
            _, status, usage = os.wait4(pid, 0)
            seconds = time.perf_counter() - begin
            code = os.waitstatus_to_exitcode(status)
            if code != 0:
                errors.seek(0)
                said = errors.read().decode(errors="replace").strip().splitlines() or ["(said nothing)"]
                telling = next((line for line in said if "error" in line.lower()), said[-1])
                raise Failed(f"{self.words[0]} ended with {code}: {telling}")
        return seconds, usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)


def watched_peak(pid):
    """The peak that the kernel notes for a process, read until the process has ended."""
    peak = 0
    try:
        while True:
            with open(f"/proc/{pid}/status", "rb") as status:
                noted = [line for line in status if line.startswith(b"VmHWM:")]
            if not noted:
                return peak
            peak = int(noted[0].split()[1])
    except OSError:
        return peak


def peak(command, floor):
    """The peak of a command, in words. What wait4 reports for a child counts the memory of this program too, which
    the child has until it becomes the command; a peak that may be hidden below that floor is watched instead."""
    _, reported = command.run()
    if reported > 1.25 * floor or not os.path.exists("/proc/self/status"):
        return size(reported)
    if command.is_shell_line:
        # Only the shell itself could be watched.
        return f"<{size(reported)}"
    seen = []
    for _ in range(5):
        command.run(lambda pid: seen.append(watched_peak(pid)))
    return size(max(seen))


def measure(commands, before, runs):
    """Medians in seconds, in the order of the commands: each once to warm up, then all of them in turn."""
    times = [[] for _ in commands]
    for round_ in range(runs + 1):
        for command, taken in zip(commands, times):
            if before:
                subprocess.run(["/bin/sh", "-euc", before], check=True, stdin=subprocess.DEVNULL)
            seconds, _ = command.run()
            if round_ > 0:
                taken.append(seconds)
    return [statistics.median(taken) for taken in times]


def peaks(commands, before):
    floor = Command("/bin/true").run()[1]
    found = []
    for command in commands:
        if before:
            subprocess.run(["/bin/sh", "-euc", before], check=True, stdin=subprocess.DEVNULL)
        found.append(peak(command, floor))
    return found


def duration(seconds):
    milliseconds = seconds * 1000
    return f"{milliseconds:.1f} ms" if milliseconds < 100 else f"{milliseconds:.0f} ms"


def size(kilobytes):
    return f"{kilobytes / 1024:.1f} MB"


def once(commands, before):
    """Times and peaks of one run each: for what takes minutes, and more memory than this program."""
    taken = []
    for command in commands:
        if before:
            subprocess.run(["/bin/sh", "-euc", before], check=True, stdin=subprocess.DEVNULL)
        taken.append(command.run())
    return [seconds for seconds, _ in taken], [size(kilobytes) for _, kilobytes in taken]


def row(task, input_, ours, peer, before, runs, peer_name):
    commands = [Command(ours)] + ([Command(peer)] if peer else [])
    if runs == 0:
        times, memory = once(commands, before)
    else:
        times, memory = measure(commands, before, runs), peaks(commands, before)
    cells = [task, input_, duration(times[0]), "-", "-", memory[0], "-", peer_name]
    if peer:
        cells[3] = duration(times[1])
        cells[4] = f"{times[1] / times[0]:.1f}x"
        cells[6] = memory[1]
    return COLUMNS.format(*cells)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--header", action="store_true", help="print the table's head and end")
    parser.add_argument("--runs", type=int, default=11, help="how often each command is timed; 0: once, without a first run to warm up")
    parser.add_argument("--before", default="", help="a shell line run before each run, not timed")
    parser.add_argument("--peer-name", default="", help="the peer, for the last column")
    parser.add_argument("task", nargs="?")
    parser.add_argument("input", nargs="?")
    parser.add_argument("ours", nargs="?", help="our command line")
    parser.add_argument("peer", nargs="?", default="", help="the peer's; none for a row of ours alone")
    args = parser.parse_args()
    if args.header:
        print(COLUMNS.format("task", "input", "ours", "peer", "ratio", "our peak", "its peak", "peer"))
        return 0
    try:
        print(row(args.task, args.input, args.ours, args.peer, args.before, args.runs, args.peer_name), flush=True)
    except (Failed, OSError) as failure:
        print(f"{args.task:<24} {args.input:<22} not measured: {failure}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
