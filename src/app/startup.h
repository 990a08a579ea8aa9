// Bringing the interpreter up and down around a program.
#pragma once

#include "runtime/thread.h"

#include <string>
#include <vector>

namespace taipan {

/// What to run, from the command line.
struct Invocation {
    enum class Kind { Interactive, Command, Module, File, Stdin } kind = Kind::Interactive;
    std::string text;                  // the command, module name or file
    std::vector<std::string> args;     // sys.argv from index 1
    std::vector<std::string> original; // sys.orig_argv
    std::vector<std::string> warn_options, x_options;
};

/// The status of a program that an unhandled KeyboardInterrupt has ended: the process is to die by SIGINT.
constexpr int InterruptedStatus = -2;

/// Readies types and modules, import and sys; runs site unless told not to. False: a message has been printed.
bool interpreter_start(Thread& t, const Invocation& invocation);
/// Runs the invocation; the process's exit status.
int run_invocation(Thread& t, const Invocation& invocation);
/// The end (app/shutdown.cpp): joins threads, runs exit functions, stops the other threads for good, clears the modules.
/// Memory is left to the operating system. Returns the status that a failed flush makes of `status`.
int interpreter_finish(Thread& t, int status);
/// The same for another interpreter than the main one; its memory is given back. A hook of the runtime, as is
/// `subinterpreter_start`.
void subinterpreter_finish(Thread& t);
/// Fills a new interpreter as the main one was, by the same command line.
Result<void> subinterpreter_start(Thread& t);
/// Prints the raised exception as the top level does; SystemExit gives its status.
int handle_top_level_exception(Thread& t);

} // namespace taipan
