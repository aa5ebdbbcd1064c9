"""Calls of Linux that a sandbox refuses: memory that no limit counts, and ways into the kernel.

Files in memory that have no name, segments of System V and shared anonymous memory stay taken when
no process maps them, and are then in nobody's account. What a submission needs of this kind it
finds in the folders of the sandbox, which have a size.
"""

import errno
import platform
import struct
from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """Numbers of one processor architecture, from Linux's ``unistd.h`` and ``audit.h``."""

    audit: int
    mmap: int
    refused: tuple[int, ...]


# memfd_create, memfd_secret, shmget, msgget, semget, io_uring_setup, userfaultfd, bpf,
# perf_event_open, keyctl, add_key, request_key
MACHINES = {
    "x86_64": Machine(0xC000003E, 9, (319, 447, 29, 68, 64, 425, 323, 321, 298, 250, 248, 249)),
    "aarch64": Machine(
        0xC00000B7, 222, (279, 447, 194, 186, 190, 425, 282, 280, 241, 219, 217, 218)
    ),
}
# Of the second interface of x86_64, with numbers of its own.
OTHER_INTERFACE = 0x40000000
SHARED_ANONYMOUS = 0x21
# Instructions of the classic Berkeley packet filter, and where Linux puts what it looks at.
LOAD, AND, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
NUMBER, ARCHITECTURE, FOURTH_ARGUMENT = 0, 4, 40
ALLOW, REFUSE = 0x7FFF0000, 0x00050000


def refusals() -> bytes:
    """Return the filter in the form of ``bwrap --seccomp``; empty where the numbers are not known.

    Returns
    -------
    bytes
        A program of eight bytes per instruction.
    """
    machine = MACHINES.get(platform.machine())
    if machine is None:
        return b""
    never = RETURN, 0, 0, REFUSE | errno.ENOSYS
    program = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, machine.audit),
        never,
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, OTHER_INTERFACE),
        never,
    ]
    for number in machine.refused:
        program += [(EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE | errno.EPERM)]
    program += [
        (EQUAL, 0, 4, machine.mmap),
        (LOAD, 0, 0, FOURTH_ARGUMENT),
        (AND, 0, 0, SHARED_ANONYMOUS),
        (EQUAL, 0, 1, SHARED_ANONYMOUS),
        (RETURN, 0, 0, REFUSE | errno.ENOMEM),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
