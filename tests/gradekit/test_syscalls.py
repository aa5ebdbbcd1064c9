"""The filter of system calls refuses what it names and nothing else."""

import platform
import struct

import pytest

from gradekit import syscalls
from gradekit.syscalls import ALLOW, MACHINES, REFUSE, refusals


def run(program, number, *, audit, fourth=0):
    """Run a filter as Linux does; return its verdict."""
    data = struct.pack("=IIQ6Q", number, audit, 0, 0, 0, 0, fourth, 0, 0)
    instructions = list(struct.iter_unpack("=HBBI", program))
    place = value = 0
    while True:
        code, yes, no, operand = instructions[place]
        place += 1
        if code == syscalls.LOAD:
            (value,) = struct.unpack_from("=I", data, operand)
        elif code == syscalls.AND:
            value &= operand
        elif code == syscalls.RETURN:
            return operand
        else:
            met = value == operand if code == syscalls.EQUAL else value >= operand
            place += yes if met else no


@pytest.fixture(params=MACHINES)
def machine(request, monkeypatch):
    """Each architecture whose numbers are known."""
    monkeypatch.setattr(platform, "machine", lambda: request.param)
    return MACHINES[request.param]


def test_what_is_named_is_refused_and_all_else_allowed(machine):
    program = refusals()
    for number in range(600):
        verdict = run(program, number, audit=machine.audit)
        assert (verdict & ~0xFFFF == REFUSE) == (number in machine.refused)


def test_only_shared_memory_without_a_file_is_refused(machine):
    program = refusals()
    for flags, verdict in ((0x01, ALLOW), (0x20, ALLOW), (0x22, ALLOW), (0x21, REFUSE | 12)):
        assert run(program, machine.mmap, audit=machine.audit, fourth=flags) == verdict
    assert run(program, machine.mmap, audit=machine.audit, fourth=0x4021) == REFUSE | 12


def test_other_interfaces_of_the_processor_are_refused(machine):
    program = refusals()
    assert run(program, 1, audit=machine.audit ^ 1) & ~0xFFFF == REFUSE
    assert run(program, 0x40000001, audit=machine.audit) & ~0xFFFF == REFUSE


def test_an_unknown_machine_has_no_filter(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert refusals() == b""
