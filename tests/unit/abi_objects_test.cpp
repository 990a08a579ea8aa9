// The layouts of builtin objects against CPython's public headers, at compile time; see abi_test.cpp.
#include "objects/bytes.h"
#include "objects/code.h"
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/exceptions.h"
#include "objects/float.h"
#include "objects/function.h"
#include "objects/generator.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/set.h"
#include "objects/slice.h"
#include "objects/str.h"
#include "objects/tuple.h"
#include "objects/type_spec.h"
#include "objects/weakref.h"

#include <gtest/gtest.h>

#ifdef TAIPAN_HAVE_PYTHON_HEADERS
#define Py_GIL_DISABLED 1
#include <Python.h>

#define SAME_SIZE(ours, theirs) static_assert(sizeof(taipan::ours) == sizeof(theirs))
#define SAME(ours, field, theirs, their_field)                                                                                             \
    static_assert(offsetof(taipan::ours, field) == offsetof(theirs, their_field));                                                         \
    static_assert(sizeof(taipan::ours::field) == sizeof(theirs::their_field))

// --- numbers --------------------------------------------------------------------------------------------------------
static_assert(offsetof(taipan::Int, tag) == offsetof(PyLongObject, long_value) + offsetof(_PyLongValue, lv_tag));
static_assert(offsetof(taipan::Int, digits) == offsetof(PyLongObject, long_value) + offsetof(_PyLongValue, ob_digit));
static_assert(taipan::Int::DigitBits == PyLong_SHIFT);
SAME(Float, value, PyFloatObject, ob_fval);
SAME_SIZE(Float, PyFloatObject);
static_assert(offsetof(taipan::Complex, real) == offsetof(PyComplexObject, cval.real));
static_assert(offsetof(taipan::Complex, imag) == offsetof(PyComplexObject, cval.imag));

// --- text and bytes -------------------------------------------------------------------------------------------------
SAME_SIZE(Str, PyASCIIObject);
SAME(Str, length, PyASCIIObject, length);
SAME(Str, state, PyASCIIObject, state);
SAME_SIZE(CompactStr, PyCompactUnicodeObject);
SAME(CompactStr, utf8_length, PyCompactUnicodeObject, utf8_length);
SAME_SIZE(LegacyStr, PyUnicodeObject);
SAME(LegacyStr, any, PyUnicodeObject, data);
SAME(Bytes, size, PyBytesObject, ob_base.ob_size);
SAME(Bytes, data, PyBytesObject, ob_sval);
SAME_SIZE(ByteArray, PyByteArrayObject);
SAME(ByteArray, capacity, PyByteArrayObject, ob_alloc);
SAME(ByteArray, memory, PyByteArrayObject, ob_bytes);
SAME(ByteArray, start, PyByteArrayObject, ob_start);
SAME(ByteArray, exports, PyByteArrayObject, ob_exports);

// --- containers -----------------------------------------------------------------------------------------------------
SAME(Tuple, cached_hash, PyTupleObject, ob_hash);
SAME(Tuple, items, PyTupleObject, ob_item);
SAME_SIZE(List, PyListObject);
SAME(List, items, PyListObject, ob_item);
SAME(List, capacity, PyListObject, allocated);
SAME_SIZE(Dict, PyDictObject);
SAME(Dict, used, PyDictObject, ma_used);
SAME(Dict, keys, PyDictObject, ma_keys);
SAME(Dict, values, PyDictObject, ma_values);
SAME_SIZE(Set, PySetObject);
SAME(Set, fill, PySetObject, fill);
SAME(Set, used, PySetObject, used);
SAME(Set, mask, PySetObject, mask);
SAME(Set, table, PySetObject, table);
SAME(Set, hash, PySetObject, hash);
SAME(Set, finger, PySetObject, finger);
SAME(Set, small_table, PySetObject, smalltable);
SAME(Set, weaklist, PySetObject, weakreflist);
SAME_SIZE(Slice, PySliceObject);
SAME(Slice, start, PySliceObject, start);
SAME(Slice, stop, PySliceObject, stop);
SAME(Slice, step, PySliceObject, step);

// --- code and functions ---------------------------------------------------------------------------------------------
SAME(Code, consts, PyCodeObject, co_consts);
SAME(Code, names, PyCodeObject, co_names);
SAME(Code, exception_table, PyCodeObject, co_exceptiontable);
SAME(Code, flags, PyCodeObject, co_flags);
SAME(Code, argcount, PyCodeObject, co_argcount);
SAME(Code, posonlyargcount, PyCodeObject, co_posonlyargcount);
SAME(Code, kwonlyargcount, PyCodeObject, co_kwonlyargcount);
SAME(Code, stacksize, PyCodeObject, co_stacksize);
SAME(Code, firstlineno, PyCodeObject, co_firstlineno);
SAME(Code, nlocalsplus, PyCodeObject, co_nlocalsplus);
SAME(Code, framesize, PyCodeObject, co_framesize);
SAME(Code, nlocals, PyCodeObject, co_nlocals);
SAME(Code, ncellvars, PyCodeObject, co_ncellvars);
SAME(Code, nfreevars, PyCodeObject, co_nfreevars);
SAME(Code, version, PyCodeObject, co_version);
SAME(Code, localsplusnames, PyCodeObject, co_localsplusnames);
SAME(Code, localspluskinds, PyCodeObject, co_localspluskinds);
SAME(Code, filename, PyCodeObject, co_filename);
SAME(Code, name, PyCodeObject, co_name);
SAME(Code, qualname, PyCodeObject, co_qualname);
SAME(Code, linetable, PyCodeObject, co_linetable);
SAME(Code, weaklist, PyCodeObject, co_weakreflist);
SAME(Code, quickened, PyCodeObject, co_executors);
SAME(Code, unique_id, PyCodeObject, _co_unique_id);
SAME(Code, first_traceable, PyCodeObject, _co_firsttraceable);
SAME(Code, extra, PyCodeObject, co_extra);

SAME_SIZE(Function, PyFunctionObject);
SAME(Function, globals, PyFunctionObject, func_globals);
SAME(Function, builtins, PyFunctionObject, func_builtins);
SAME(Function, name, PyFunctionObject, func_name);
SAME(Function, qualname, PyFunctionObject, func_qualname);
SAME(Function, code, PyFunctionObject, func_code);
SAME(Function, defaults, PyFunctionObject, func_defaults);
SAME(Function, kwdefaults, PyFunctionObject, func_kwdefaults);
SAME(Function, closure, PyFunctionObject, func_closure);
SAME(Function, doc, PyFunctionObject, func_doc);
SAME(Function, dict, PyFunctionObject, func_dict);
SAME(Function, weaklist, PyFunctionObject, func_weakreflist);
SAME(Function, module, PyFunctionObject, func_module);
SAME(Function, annotations, PyFunctionObject, func_annotations);
SAME(Function, annotate, PyFunctionObject, func_annotate);
SAME(Function, typeparams, PyFunctionObject, func_typeparams);
SAME(Function, vectorcall, PyFunctionObject, vectorcall);
SAME(Function, version, PyFunctionObject, func_version);
SAME_SIZE(Method, PyMethodObject);
SAME(Method, function, PyMethodObject, im_func);
SAME(Method, self, PyMethodObject, im_self);
SAME(Method, weaklist, PyMethodObject, im_weakreflist);
SAME(Method, vectorcall, PyMethodObject, vectorcall);
SAME(BuiltinFunction, def, PyCFunctionObject, m_ml);
SAME(BuiltinFunction, self, PyCFunctionObject, m_self);
SAME(BuiltinFunction, module, PyCFunctionObject, m_module);
SAME(BuiltinFunction, weaklist, PyCFunctionObject, m_weakreflist);
SAME(BuiltinFunction, vectorcall, PyCFunctionObject, vectorcall);
SAME_SIZE(Cell, PyCellObject);
SAME(Cell, value, PyCellObject, ob_ref);

SAME_SIZE(Descriptor, PyDescrObject);
SAME(Descriptor, owner, PyDescrObject, d_type);
SAME(Descriptor, name, PyDescrObject, d_name);
SAME(Descriptor, qualname, PyDescrObject, d_qualname);
SAME(MethodDescriptor, def, PyMethodDescrObject, d_method);
SAME(MethodDescriptor, vectorcall, PyMethodDescrObject, vectorcall);
SAME(MemberDescriptor, member, PyMemberDescrObject, d_member);
SAME(GetSetDescriptor, getset, PyGetSetDescrObject, d_getset);
SAME(WrapperDescriptor, base, PyWrapperDescrObject, d_base);
SAME(WrapperDescriptor, wrapped, PyWrapperDescrObject, d_wrapped);
SAME_SIZE(GetSetDef, PyGetSetDef);
SAME(GetSetDef, closure, PyGetSetDef, closure);
SAME_SIZE(MemberDef, PyMemberDef);
SAME(MemberDef, offset, PyMemberDef, offset);
SAME(MemberDef, doc, PyMemberDef, doc);

// --- weak references, tracebacks, exceptions ------------------------------------------------------------------------
SAME(Weakref, object, _PyWeakReference, wr_object);
SAME(Weakref, callback, _PyWeakReference, wr_callback);
SAME(Weakref, cached_hash, _PyWeakReference, hash);
SAME(Weakref, previous, _PyWeakReference, wr_prev);
SAME(Weakref, next, _PyWeakReference, wr_next);
SAME(Weakref, vectorcall, _PyWeakReference, vectorcall);
SAME(Traceback, next, PyTracebackObject, tb_next);
SAME(Traceback, frame, PyTracebackObject, tb_frame);
SAME(Traceback, lasti, PyTracebackObject, tb_lasti);
SAME(Traceback, lineno, PyTracebackObject, tb_lineno);
SAME_SIZE(BaseException, PyBaseExceptionObject);
SAME(BaseException, dict, PyBaseExceptionObject, dict);
SAME(BaseException, args, PyBaseExceptionObject, args);
SAME(BaseException, notes, PyBaseExceptionObject, notes);
SAME(BaseException, traceback, PyBaseExceptionObject, traceback);
SAME(BaseException, context, PyBaseExceptionObject, context);
SAME(BaseException, cause, PyBaseExceptionObject, cause);
SAME(BaseException, suppress_context, PyBaseExceptionObject, suppress_context);
SAME_SIZE(ExceptionGroupObject, PyBaseExceptionGroupObject);
SAME(ExceptionGroupObject, message, PyBaseExceptionGroupObject, msg);
SAME_SIZE(SyntaxErrorObject, PySyntaxErrorObject);
SAME(SyntaxErrorObject, message, PySyntaxErrorObject, msg);
SAME(SyntaxErrorObject, print_file_and_line, PySyntaxErrorObject, print_file_and_line);
SAME_SIZE(ImportErrorObject, PyImportErrorObject);
SAME(ImportErrorObject, name_from, PyImportErrorObject, name_from);
SAME_SIZE(UnicodeErrorObject, PyUnicodeErrorObject);
SAME(UnicodeErrorObject, start, PyUnicodeErrorObject, start);
SAME_SIZE(SystemExitObject, PySystemExitObject);
SAME_SIZE(OSErrorObject, PyOSErrorObject);
SAME(OSErrorObject, written, PyOSErrorObject, written);
SAME_SIZE(StopIterationObject, PyStopIterationObject);
SAME_SIZE(NameErrorObject, PyNameErrorObject);
SAME_SIZE(AttributeErrorObject, PyAttributeErrorObject);

TEST(Abi, ObjectLayoutsAreThoseOfTheHeaders) { SUCCEED(); }
#else
TEST(Abi, ObjectLayoutsAreThoseOfTheHeaders) { GTEST_SKIP() << "no CPython 3.14 headers (set TAIPAN_PYTHON_HEADERS)"; }
#endif
