// Where another process leaves a script for this one to run (sys.remote_exec, PEP 768). The block lies in a section of its
// own, by which the other process finds it in the executable. It fills in the script's path, sets `pending`, and then
// stores one byte of the main thread's poll bits that nobody else writes as a byte: a locked operation on the whole word
// loses none of it.
#pragma once

#include "runtime/thread.h"

namespace taipan {

constexpr char RemoteCookie[] = "taipan remote 1";
constexpr char RemoteSection[] = ".taipan_remote";
constexpr size_t RemotePathSize = 4096;
/// The lowest bit of the highest byte of Thread::poll_bits.
constexpr uint32_t RemotePollBit = 1u << 24;

struct RemoteControl {
    char cookie[16];
    uint32_t enabled; // whether the process takes scripts
    std::atomic<uint32_t> pending;
    std::atomic<std::atomic<uint32_t>*> poll_bits; // the main thread's
    Result<void> (*run)(Thread& t);                // set once at start-up
    char path[RemotePathSize];
};
extern RemoteControl g_remote_control;

} // namespace taipan
