// Python 3.14's grammar as a parsing expression grammar with the rules that recognise mistakes, as data.
// error_parser.cpp interprets it; only programs that do not parse get here, so it is read in when first needed.
//
//   rule:              a rule; `rule!` remembers its results, `rule^` is left-recursive
//   | 'x' NAME rule    an alternative; 'x' is a token's spelling, "x" a soft keyword, capitals a kind of token
//   e? e* e+ s.e+      optional, repeated, separated by s
//   &e !e ~ &&'x'      lookahead, cut, a token that must follow (an error in the second pass)
//   a=e                names what e matched; ( … | … ) groups
//   {=a}               the alternative's value; {Name a b}: a node of that kind around these; else the only element
//   {v8 "X are"}       must not be used before Python 3.8
//   {at a "text"}      SyntaxError at a; {span a b "…"} from a to b; {from a "…"} from a to where the lexer is;
//                      {here "…"} at the last token read; {next "…"} at the next one; {indent a "…"} IndentationError
//                      %n: what kind of expression a is, %s: its text, %d: its line
//   {call name a b}    a check written in C++
// Alternatives that are nothing but an `invalid_…` rule are tried in the second pass only.
#pragma once

namespace taipan::syntax {

extern const char* const ERROR_GRAMMAR;

} // namespace taipan::syntax
