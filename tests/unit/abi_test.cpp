// Our structs against CPython's public headers, at compile time: extension modules inline these layouts. The headers are
// found through the CMake variable TAIPAN_PYTHON_HEADERS; without them there is nothing to check.
#include "runtime/buffer.h"
#include "runtime/type.h"

#include <gtest/gtest.h>

#ifdef TAIPAN_HAVE_PYTHON_HEADERS
#define Py_GIL_DISABLED 1
#include <Python.h>

#define SAME_SIZE(ours, theirs) static_assert(sizeof(taipan::ours) == sizeof(theirs))
#define SAME(ours, field, theirs, their_field)                                                                                             \
    static_assert(offsetof(taipan::ours, field) == offsetof(theirs, their_field));                                                         \
    static_assert(sizeof(taipan::ours::field) == sizeof(theirs::their_field))

// --- the header -----------------------------------------------------------------------------------------------------
SAME_SIZE(Object, PyObject);
SAME(Object, tid, PyObject, ob_tid);
SAME(Object, flags, PyObject, ob_flags);
SAME(Object, mutex, PyObject, ob_mutex);
SAME(Object, gc_bits, PyObject, ob_gc_bits);
SAME(Object, ref_local, PyObject, ob_ref_local);
SAME(Object, ref_shared, PyObject, ob_ref_shared);
SAME(Object, type, PyObject, ob_type);
SAME_SIZE(VarObject, PyVarObject);
SAME(VarObject, size, PyVarObject, ob_size);
static_assert(taipan::ImmortalLocal == _Py_IMMORTAL_REFCNT_LOCAL);
static_assert(taipan::ref_state::Shift == _Py_REF_SHARED_SHIFT);
static_assert(taipan::ref_state::Mask == _Py_REF_SHARED_FLAG_MASK);
static_assert(taipan::ref_state::Init == _Py_REF_SHARED_INIT);
static_assert(taipan::ref_state::MaybeWeakref == _Py_REF_MAYBE_WEAKREF);
static_assert(taipan::ref_state::Queued == _Py_REF_QUEUED);
static_assert(taipan::ref_state::Merged == _Py_REF_MERGED);

// --- types ----------------------------------------------------------------------------------------------------------
SAME_SIZE(Type, PyTypeObject);
SAME(Type, name, PyTypeObject, tp_name);
SAME(Type, basicsize, PyTypeObject, tp_basicsize);
SAME(Type, itemsize, PyTypeObject, tp_itemsize);
SAME(Type, dealloc, PyTypeObject, tp_dealloc);
SAME(Type, vectorcall_offset, PyTypeObject, tp_vectorcall_offset);
SAME(Type, getattr_char, PyTypeObject, tp_getattr);
SAME(Type, setattr_char, PyTypeObject, tp_setattr);
SAME(Type, as_async, PyTypeObject, tp_as_async);
SAME(Type, repr, PyTypeObject, tp_repr);
SAME(Type, as_number, PyTypeObject, tp_as_number);
SAME(Type, as_sequence, PyTypeObject, tp_as_sequence);
SAME(Type, as_mapping, PyTypeObject, tp_as_mapping);
SAME(Type, hash, PyTypeObject, tp_hash);
SAME(Type, call, PyTypeObject, tp_call);
SAME(Type, str, PyTypeObject, tp_str);
SAME(Type, getattr, PyTypeObject, tp_getattro);
SAME(Type, setattr, PyTypeObject, tp_setattro);
SAME(Type, as_buffer, PyTypeObject, tp_as_buffer);
SAME(Type, flags, PyTypeObject, tp_flags);
SAME(Type, doc, PyTypeObject, tp_doc);
SAME(Type, traverse, PyTypeObject, tp_traverse);
SAME(Type, clear, PyTypeObject, tp_clear);
SAME(Type, compare, PyTypeObject, tp_richcompare);
SAME(Type, weaklist_offset, PyTypeObject, tp_weaklistoffset);
SAME(Type, iter, PyTypeObject, tp_iter);
SAME(Type, next, PyTypeObject, tp_iternext);
SAME(Type, methods, PyTypeObject, tp_methods);
SAME(Type, members, PyTypeObject, tp_members);
SAME(Type, getset, PyTypeObject, tp_getset);
SAME(Type, base, PyTypeObject, tp_base);
SAME(Type, dict, PyTypeObject, tp_dict);
SAME(Type, descr_get, PyTypeObject, tp_descr_get);
SAME(Type, descr_set, PyTypeObject, tp_descr_set);
SAME(Type, dict_offset, PyTypeObject, tp_dictoffset);
SAME(Type, init, PyTypeObject, tp_init);
SAME(Type, alloc, PyTypeObject, tp_alloc);
SAME(Type, construct, PyTypeObject, tp_new);
SAME(Type, free, PyTypeObject, tp_free);
SAME(Type, is_gc, PyTypeObject, tp_is_gc);
SAME(Type, bases, PyTypeObject, tp_bases);
SAME(Type, mro, PyTypeObject, tp_mro);
SAME(Type, cache, PyTypeObject, tp_cache);
SAME(Type, subclasses, PyTypeObject, tp_subclasses);
SAME(Type, weaklist, PyTypeObject, tp_weaklist);
SAME(Type, del, PyTypeObject, tp_del);
SAME(Type, version_tag, PyTypeObject, tp_version_tag);
SAME(Type, finalize, PyTypeObject, tp_finalize);
SAME(Type, vectorcall, PyTypeObject, tp_vectorcall);
SAME(Type, watched, PyTypeObject, tp_watched);
SAME(Type, versions_used, PyTypeObject, tp_versions_used);

SAME_SIZE(HeapType, PyHeapTypeObject);
SAME(HeapType, async_methods, PyHeapTypeObject, as_async);
SAME(HeapType, number_methods, PyHeapTypeObject, as_number);
SAME(HeapType, mapping_methods, PyHeapTypeObject, as_mapping);
SAME(HeapType, sequence_methods, PyHeapTypeObject, as_sequence);
SAME(HeapType, buffer_procs, PyHeapTypeObject, as_buffer);
SAME(HeapType, ht_name, PyHeapTypeObject, ht_name);
SAME(HeapType, ht_slots, PyHeapTypeObject, ht_slots);
SAME(HeapType, ht_qualname, PyHeapTypeObject, ht_qualname);
SAME(HeapType, cached_keys, PyHeapTypeObject, ht_cached_keys);
SAME(HeapType, ht_module, PyHeapTypeObject, ht_module);
SAME(HeapType, ht_tp_name, PyHeapTypeObject, _ht_tpname);
SAME(HeapType, ht_token, PyHeapTypeObject, ht_token);
static_assert(offsetof(taipan::HeapType, spec_getitem) == offsetof(PyHeapTypeObject, _spec_cache));
SAME(HeapType, unique_id, PyHeapTypeObject, unique_id);

// --- slots ----------------------------------------------------------------------------------------------------------
SAME_SIZE(AsyncMethods, PyAsyncMethods);
SAME(AsyncMethods, await, PyAsyncMethods, am_await);
SAME(AsyncMethods, aiter, PyAsyncMethods, am_aiter);
SAME(AsyncMethods, anext, PyAsyncMethods, am_anext);
SAME(AsyncMethods, send, PyAsyncMethods, am_send);
SAME_SIZE(NumberMethods, PyNumberMethods);
SAME(NumberMethods, add, PyNumberMethods, nb_add);
SAME(NumberMethods, subtract, PyNumberMethods, nb_subtract);
SAME(NumberMethods, multiply, PyNumberMethods, nb_multiply);
SAME(NumberMethods, remainder, PyNumberMethods, nb_remainder);
SAME(NumberMethods, divmod, PyNumberMethods, nb_divmod);
SAME(NumberMethods, power, PyNumberMethods, nb_power);
SAME(NumberMethods, negative, PyNumberMethods, nb_negative);
SAME(NumberMethods, positive, PyNumberMethods, nb_positive);
SAME(NumberMethods, absolute, PyNumberMethods, nb_absolute);
SAME(NumberMethods, truth, PyNumberMethods, nb_bool);
SAME(NumberMethods, invert, PyNumberMethods, nb_invert);
SAME(NumberMethods, lshift, PyNumberMethods, nb_lshift);
SAME(NumberMethods, rshift, PyNumberMethods, nb_rshift);
SAME(NumberMethods, and_, PyNumberMethods, nb_and);
SAME(NumberMethods, xor_, PyNumberMethods, nb_xor);
SAME(NumberMethods, or_, PyNumberMethods, nb_or);
SAME(NumberMethods, int_, PyNumberMethods, nb_int);
SAME(NumberMethods, reserved, PyNumberMethods, nb_reserved);
SAME(NumberMethods, float_, PyNumberMethods, nb_float);
SAME(NumberMethods, inplace_add, PyNumberMethods, nb_inplace_add);
SAME(NumberMethods, inplace_subtract, PyNumberMethods, nb_inplace_subtract);
SAME(NumberMethods, inplace_multiply, PyNumberMethods, nb_inplace_multiply);
SAME(NumberMethods, inplace_remainder, PyNumberMethods, nb_inplace_remainder);
SAME(NumberMethods, inplace_power, PyNumberMethods, nb_inplace_power);
SAME(NumberMethods, inplace_lshift, PyNumberMethods, nb_inplace_lshift);
SAME(NumberMethods, inplace_rshift, PyNumberMethods, nb_inplace_rshift);
SAME(NumberMethods, inplace_and, PyNumberMethods, nb_inplace_and);
SAME(NumberMethods, inplace_xor, PyNumberMethods, nb_inplace_xor);
SAME(NumberMethods, inplace_or, PyNumberMethods, nb_inplace_or);
SAME(NumberMethods, floor_divide, PyNumberMethods, nb_floor_divide);
SAME(NumberMethods, true_divide, PyNumberMethods, nb_true_divide);
SAME(NumberMethods, inplace_floor_divide, PyNumberMethods, nb_inplace_floor_divide);
SAME(NumberMethods, inplace_true_divide, PyNumberMethods, nb_inplace_true_divide);
SAME(NumberMethods, index, PyNumberMethods, nb_index);
SAME(NumberMethods, matrix_multiply, PyNumberMethods, nb_matrix_multiply);
SAME(NumberMethods, inplace_matrix_multiply, PyNumberMethods, nb_inplace_matrix_multiply);
SAME_SIZE(SequenceMethods, PySequenceMethods);
SAME(SequenceMethods, length, PySequenceMethods, sq_length);
SAME(SequenceMethods, concat, PySequenceMethods, sq_concat);
SAME(SequenceMethods, repeat, PySequenceMethods, sq_repeat);
SAME(SequenceMethods, item, PySequenceMethods, sq_item);
SAME(SequenceMethods, was_slice, PySequenceMethods, was_sq_slice);
SAME(SequenceMethods, set_item, PySequenceMethods, sq_ass_item);
SAME(SequenceMethods, was_set_slice, PySequenceMethods, was_sq_ass_slice);
SAME(SequenceMethods, contains, PySequenceMethods, sq_contains);
SAME(SequenceMethods, inplace_concat, PySequenceMethods, sq_inplace_concat);
SAME(SequenceMethods, inplace_repeat, PySequenceMethods, sq_inplace_repeat);
SAME_SIZE(MappingMethods, PyMappingMethods);
SAME(MappingMethods, length, PyMappingMethods, mp_length);
SAME(MappingMethods, subscript, PyMappingMethods, mp_subscript);
SAME(MappingMethods, set_subscript, PyMappingMethods, mp_ass_subscript);
SAME_SIZE(BufferProcs, PyBufferProcs);
SAME(BufferProcs, get, PyBufferProcs, bf_getbuffer);
SAME(BufferProcs, release, PyBufferProcs, bf_releasebuffer);

static_assert(static_cast<int>(taipan::Comparison::Lt) == Py_LT && static_cast<int>(taipan::Comparison::Le) == Py_LE);
static_assert(static_cast<int>(taipan::Comparison::Eq) == Py_EQ && static_cast<int>(taipan::Comparison::Ne) == Py_NE);
static_assert(static_cast<int>(taipan::Comparison::Gt) == Py_GT && static_cast<int>(taipan::Comparison::Ge) == Py_GE);
static_assert(taipan::VectorcallOffset == PY_VECTORCALL_ARGUMENTS_OFFSET);

// --- flags ----------------------------------------------------------------------------------------------------------
static_assert(taipan::type_flag::StaticBuiltin == _Py_TPFLAGS_STATIC_BUILTIN);
static_assert(taipan::type_flag::InlineValues == Py_TPFLAGS_INLINE_VALUES);
static_assert(taipan::type_flag::ManagedWeakref == Py_TPFLAGS_MANAGED_WEAKREF);
static_assert(taipan::type_flag::ManagedDict == Py_TPFLAGS_MANAGED_DICT);
static_assert(taipan::type_flag::Preheader == Py_TPFLAGS_PREHEADER);
static_assert(taipan::type_flag::Sequence == Py_TPFLAGS_SEQUENCE);
static_assert(taipan::type_flag::Mapping == Py_TPFLAGS_MAPPING);
static_assert(taipan::type_flag::DisallowInstantiation == Py_TPFLAGS_DISALLOW_INSTANTIATION);
static_assert(taipan::type_flag::Immutable == Py_TPFLAGS_IMMUTABLETYPE);
static_assert(taipan::type_flag::HeapType == Py_TPFLAGS_HEAPTYPE);
static_assert(taipan::type_flag::BaseType == Py_TPFLAGS_BASETYPE);
static_assert(taipan::type_flag::Vectorcall == Py_TPFLAGS_HAVE_VECTORCALL);
static_assert(taipan::type_flag::Ready == Py_TPFLAGS_READY);
static_assert(taipan::type_flag::Readying == Py_TPFLAGS_READYING);
static_assert(taipan::type_flag::Gc == Py_TPFLAGS_HAVE_GC);
static_assert(taipan::type_flag::MethodDescriptor == Py_TPFLAGS_METHOD_DESCRIPTOR);
static_assert(taipan::type_flag::ValidVersionTag == Py_TPFLAGS_VALID_VERSION_TAG);
static_assert(taipan::type_flag::Abstract == Py_TPFLAGS_IS_ABSTRACT);
static_assert(taipan::type_flag::MatchSelf == _Py_TPFLAGS_MATCH_SELF);
static_assert(taipan::type_flag::ItemsAtEnd == Py_TPFLAGS_ITEMS_AT_END);
static_assert(taipan::type_flag::IntSubclass == Py_TPFLAGS_LONG_SUBCLASS);
static_assert(taipan::type_flag::ListSubclass == Py_TPFLAGS_LIST_SUBCLASS);
static_assert(taipan::type_flag::TupleSubclass == Py_TPFLAGS_TUPLE_SUBCLASS);
static_assert(taipan::type_flag::BytesSubclass == Py_TPFLAGS_BYTES_SUBCLASS);
static_assert(taipan::type_flag::StrSubclass == Py_TPFLAGS_UNICODE_SUBCLASS);
static_assert(taipan::type_flag::DictSubclass == Py_TPFLAGS_DICT_SUBCLASS);
static_assert(taipan::type_flag::BaseExceptionSubclass == Py_TPFLAGS_BASE_EXC_SUBCLASS);
static_assert(taipan::type_flag::TypeSubclass == Py_TPFLAGS_TYPE_SUBCLASS);

// --- buffers --------------------------------------------------------------------------------------------------------
SAME_SIZE(Buffer, Py_buffer);
SAME(Buffer, buf, Py_buffer, buf);
SAME(Buffer, obj, Py_buffer, obj);
SAME(Buffer, len, Py_buffer, len);
SAME(Buffer, itemsize, Py_buffer, itemsize);
SAME(Buffer, readonly, Py_buffer, readonly);
SAME(Buffer, ndim, Py_buffer, ndim);
SAME(Buffer, format, Py_buffer, format);
SAME(Buffer, shape, Py_buffer, shape);
SAME(Buffer, strides, Py_buffer, strides);
SAME(Buffer, suboffsets, Py_buffer, suboffsets);
SAME(Buffer, internal, Py_buffer, internal);
static_assert(taipan::buffer_flag::Writable == PyBUF_WRITABLE && taipan::buffer_flag::Format == PyBUF_FORMAT);
static_assert(taipan::buffer_flag::Nd == PyBUF_ND && taipan::buffer_flag::Strides == PyBUF_STRIDES);
static_assert(taipan::buffer_flag::CContiguous == PyBUF_C_CONTIGUOUS);
static_assert(taipan::buffer_flag::FContiguous == PyBUF_F_CONTIGUOUS);
static_assert(taipan::buffer_flag::AnyContiguous == PyBUF_ANY_CONTIGUOUS);
static_assert(taipan::buffer_flag::Indirect == PyBUF_INDIRECT && taipan::buffer_flag::Contig == PyBUF_CONTIG);
static_assert(taipan::buffer_flag::Strided == PyBUF_STRIDED && taipan::buffer_flag::Records == PyBUF_RECORDS);
static_assert(taipan::buffer_flag::Full == PyBUF_FULL && taipan::buffer_flag::FullReadOnly == PyBUF_FULL_RO);
static_assert(taipan::buffer_flag::Read == PyBUF_READ && taipan::buffer_flag::Write == PyBUF_WRITE);
static_assert(taipan::buffer_flag::MaxDimensions == PyBUF_MAX_NDIM);

TEST(Abi, LayoutsAreThoseOfTheHeaders) { SUCCEED(); }
#else
TEST(Abi, LayoutsAreThoseOfTheHeaders) { GTEST_SKIP() << "no CPython 3.14 headers (set TAIPAN_PYTHON_HEADERS)"; }
#endif
