// objects: zlib.Compress and zlib.Decompress, streams that are fed piece by piece.
//
// Invariant  `initialised` says that zlib holds state for `stream`; after the end of the data it is false, and further
// calls
//            fail with zlib's own "inconsistent stream state".
#include <cstdlib>
#include <cstring>

#include "modules/zlib/zlib_private.h"
#include "types/int.h"
#include "types/str.h"

namespace adder::zlib {
namespace {
struct Stream : PyObject {
  z_stream stream;
  Object *unused_data, *unconsumed_tail;  // Decompress only
  Object* dictionary;                     // or null
  char eof;
  bool initialised;
};

void* allocate(void*, uInt count, uInt size) { return std::calloc(count, size); }
void release(void*, void* pointer) { std::free(pointer); }

Result<Stream> stream_new(Type* type) {
  Ref<Stream> self = TRY(object_new<Stream>(type));
  std::memset(&self->stream, 0, sizeof self->stream);
  self->stream.zalloc = allocate;
  self->stream.zfree = release;
  self->unused_data = new_ref<Object>(bytes_empty()).release();
  self->unconsumed_tail = new_ref<Object>(bytes_empty()).release();
  self->dictionary = nullptr;
  self->eof = 0;
  self->initialised = false;
  return self;
}
void stream_dealloc(PyObject* object) {
  Stream* self = static_cast<Stream*>(object);
  if (self->initialised) {
    if (self->ob_type == &compress_type)
      deflateEnd(&self->stream);
    else
      inflateEnd(&self->stream);
  }
  clear_field(self->unused_data);
  clear_field(self->unconsumed_tail);
  clear_field(self->dictionary);
  object_free(self);
}

void set_input(Stream* self, const char* data) {
  self->stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data));
}

// == Compress ==

// Runs deflate over the fed input until it asks for more.
Result<int> deflate_fully(Stream* self, Output& out, int mode) {
  for (;;) {
    int code = deflate(&self->stream, mode);
    if (code == Z_STREAM_ERROR) return code;
    if (self->stream.avail_out != 0) return code;
    TRY(out.grow(self->stream));
  }
}

constexpr Doc compress_doc =
    "compress($self, data, /)\n--\n\nReturns a bytes object containing compressed data.\n\n  data\n    Binary data to "
    "be "
    "compressed.\n\nAfter calling this function, some of the input data may still\nbe stored in internal buffers for "
    "later "
    "processing.\nCall the flush() method to clear these buffers.";
Result<Bytes> compress(Stream* self, Object* data) {
  BufferView view;
  TRY(view.acquire(data));
  Output out;
  TRY(out.start(self->stream, kDefaultBuffer));
  set_input(self, view.data());
  usize left = static_cast<usize>(view.size());
  do {
    feed(self->stream, left);
    int code = TRY(deflate_fully(self, out, Z_NO_FLUSH));
    if (code == Z_STREAM_ERROR) return raise_zlib(self->stream, code, "while compressing data");
  } while (left);
  return out.finish(self->stream);
}

constexpr Doc flush_doc =
    "flush($self, mode=4, /)\n--\n\nReturn a bytes object containing any remaining compressed data.\n\n  mode\n    One "
    "of the "
    "constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.\n    If mode == Z_FINISH, the compressor object can no longer "
    "be\n    used "
    "after calling the flush() method.  Otherwise, more data\n    can still be compressed.";
Result<Bytes> flush(Stream* self, int mode) {
  if (mode == Z_NO_FLUSH) return Result<Bytes>::share(bytes_empty());
  Output out;
  TRY(out.start(self->stream, kDefaultBuffer));
  self->stream.avail_in = 0;
  int code = TRY(deflate_fully(self, out, mode));
  if (code == Z_STREAM_ERROR) return raise_zlib(self->stream, code, "while flushing");
  if (code == Z_STREAM_END && mode == Z_FINISH) {
    int end_code = deflateEnd(&self->stream);
    if (end_code != Z_OK) return raise_zlib(self->stream, end_code, "while finishing compression");
    self->initialised = false;
  } else if (code != Z_OK && code != Z_BUF_ERROR) {
    return raise_zlib(self->stream, code, "while flushing");
  }
  return out.finish(self->stream);
}

constexpr Doc copy_compress_doc = "copy($self, /)\n--\n\nReturn a copy of the compression object.";
constexpr Doc copy_decompress_doc = "copy($self, /)\n--\n\nReturn a copy of the decompression object.";
constexpr Doc dunder_copy_doc = "__copy__($self, /)\n--\n\n";
constexpr Doc deepcopy_doc = "__deepcopy__($self, memo, /)\n--\n\n";

Result<Object> copy(Stream* self) {
  bool compresses = self->ob_type == &compress_type;
  Ref<Stream> result = TRY(stream_new(self->ob_type));
  int code = compresses ? deflateCopy(&result->stream, &self->stream) : inflateCopy(&result->stream, &self->stream);
  if (code == Z_STREAM_ERROR) return raise(ValueError, "Inconsistent stream state");
  if (code == Z_MEM_ERROR) {
    return raise(MemoryError, compresses ? "Can't allocate memory for compression object"
                                         : "Can't allocate memory for decompression object");
  }
  if (code != Z_OK) {
    return raise_zlib(self->stream, code,
                      compresses ? "while copying compression object" : "while copying decompression object");
  }
  result->initialised = true;
  set_field(result->unused_data, new_ref(self->unused_data));
  set_field(result->unconsumed_tail, new_ref(self->unconsumed_tail));
  result->dictionary = Ref<Object>::share_or_empty(self->dictionary).release();
  result->eof = self->eof;
  return result;
}
Result<Object> deepcopy(Stream* self, Object*) { return copy(self); }

// == Decompress ==

Result<void> set_inflate_dictionary(Stream* self) {
  BufferView view;
  TRY(view.acquire(self->dictionary));
  if (static_cast<usize>(view.size()) > 0xffffffffu) {
    return raise(OverflowError, "zdict length does not fit in an unsigned int");
  }
  int code =
      inflateSetDictionary(&self->stream, reinterpret_cast<const Bytef*>(view.data()), static_cast<uInt>(view.size()));
  if (code != Z_OK) return raise_zlib(self->stream, code, "while setting zdict");
  return {};
}

// Runs inflate over the fed input; a negative result is zlib's error. `full` becomes true at the limit of the output.
Result<int> inflate_fully(Stream* self, Output& out, int mode, bool& full) {
  for (;;) {
    int code = inflate(&self->stream, mode);
    if (code == Z_NEED_DICT && self->dictionary) {
      TRY(set_inflate_dictionary(self));
      continue;
    }
    if (code != Z_OK && code != Z_BUF_ERROR) return code;
    if (self->stream.avail_out != 0) return code;
    if (!TRY(out.grow(self->stream))) {
      full = true;
      return code;
    }
  }
}

// What inflate left of [next_in, end): behind the end of the stream to unused_data, else to unconsumed_tail.
Result<void> save_rest(Stream* self, const char* end, int code) {
  const char* next = reinterpret_cast<const char*>(self->stream.next_in);
  auto left = static_cast<usize>(end - next);
  if (code == Z_STREAM_END) {
    if (left) {
      Ref<Bytes> rest = TRY(bytes_from_view({next, left}));
      set_field(self->unused_data, TRY(bytes_concat(self->unused_data, rest)));
    }
    left = 0;
  }
  if (left || bytes_size(as<Bytes>(self->unconsumed_tail))) {
    set_field(self->unconsumed_tail, TRY(bytes_from_view({next, left})));
  }
  return {};
}

constexpr Doc decompress_doc =
    "decompress($self, data, /, max_length=0)\n--\n\nReturn a bytes object containing the decompressed version of the "
    "data.\n\n  "
    "data\n    The binary data to decompress.\n  max_length\n    The maximum allowable length of the decompressed "
    "data.\n    "
    "Unconsumed input data will be stored in\n    the unconsumed_tail attribute.\n\nAfter calling this function, some "
    "of the input "
    "data may still be stored in\ninternal buffers for later processing.\nCall the flush() method to clear these "
    "buffers.";
Result<Bytes> decompress(Stream* self, Object* data, isize max_length) {
  if (max_length < 0) return raise(ValueError, "max_length must be non-negative");
  BufferView view;
  TRY(view.acquire(data));
  Output out(max_length ? max_length : kMaxSize);
  TRY(out.start(self->stream, max_length && max_length < kDefaultBuffer ? max_length : kDefaultBuffer));
  set_input(self, view.data());
  usize left = static_cast<usize>(view.size());
  int code = Z_OK;
  bool full = false;
  do {
    feed(self->stream, left);
    code = TRY(inflate_fully(self, out, Z_SYNC_FLUSH, full));
  } while (left && (code == Z_OK || code == Z_BUF_ERROR) && !full);
  TRY(save_rest(self, view.data() + view.size(), code));
  if (code == Z_STREAM_END) {
    self->eof = 1;
  } else if (code != Z_OK && code != Z_BUF_ERROR) {
    return raise_zlib(self->stream, code, "while decompressing data");
  }
  return out.finish(self->stream);
}

constexpr Doc flush_decompress_doc =
    "flush($self, length=16384, /)\n--\n\nReturn a bytes object containing any remaining decompressed data.\n\n  "
    "length\n    the "
    "initial size of the output buffer.";
Result<Bytes> flush_decompress(Stream* self, isize length) {
  if (length <= 0) return raise(ValueError, "length must be greater than zero");
  Ref<Object> tail = new_ref(self->unconsumed_tail);
  Bytes* data = as<Bytes>(tail.get());
  Output out;
  TRY(out.start(self->stream, length));
  set_input(self, bytes_data(data));
  usize left = static_cast<usize>(bytes_size(data));
  int code = Z_OK;
  bool full = false;
  do {
    feed(self->stream, left);
    code = TRY(inflate_fully(self, out, Z_FINISH, full));
  } while (left && (code == Z_OK || code == Z_BUF_ERROR));
  TRY(save_rest(self, bytes_data(data) + bytes_size(data), code));
  if (code == Z_STREAM_END) {
    self->eof = 1;
    self->initialised = false;
    int end_code = inflateEnd(&self->stream);
    if (end_code != Z_OK) return raise_zlib(self->stream, end_code, "while finishing decompression");
  }
  return out.finish(self->stream);
}

constinit PyMethodDef compress_methods[] = {
    method<compress, compress_doc>(),  method<flush, flush_doc>(),
    method<copy, copy_compress_doc>(), with_text(method<copy, dunder_copy_doc>(), dunder_copy_doc.text),
    method<deepcopy, deepcopy_doc>(),  {},
};
constinit PyMethodDef decompress_methods[] = {
    method<decompress, decompress_doc>(), method<flush_decompress, flush_decompress_doc>(),
    method<copy, copy_decompress_doc>(),  method<copy, dunder_copy_doc>(),
    method<deepcopy, deepcopy_doc>(),     {},
};
constinit PyMemberDef decompress_members[] = {
    member("unused_data", T_OBJECT, offsetof(Stream, unused_data), READONLY),
    member("unconsumed_tail", T_OBJECT, offsetof(Stream, unconsumed_tail), READONLY),
    member("eof", T_BOOL, offsetof(Stream, eof), READONLY),
    {},
};
}  // namespace

Result<Object> compress_object(int level, int method, int window_bits, int memory_level, int strategy,
                               Opt<Object*> dictionary) {
  BufferView view;
  if (dictionary) {
    TRY(view.acquire(dictionary.get()));
    if (static_cast<usize>(view.size()) > 0xffffffffu) {
      return raise(OverflowError, "zdict length does not fit in an unsigned int");
    }
  }
  Ref<Stream> self = TRY(stream_new(&compress_type));
  int code = deflateInit2(&self->stream, level, method, window_bits, memory_level, strategy);
  if (code == Z_MEM_ERROR) return raise(MemoryError, "Can't allocate memory for compression object");
  if (code == Z_STREAM_ERROR) return raise(ValueError, "Invalid initialization option");
  if (code != Z_OK) return raise_zlib(self->stream, code, "while creating compression object");
  self->initialised = true;
  if (dictionary) {
    code = deflateSetDictionary(&self->stream, reinterpret_cast<const Bytef*>(view.data()),
                                static_cast<uInt>(view.size()));
    if (code == Z_STREAM_ERROR) return raise(ValueError, "Invalid dictionary");
    if (code != Z_OK) return raise(ValueError, "deflateSetDictionary()");
  }
  return self;
}

Result<Object> decompress_object(int window_bits, Opt<Object*> dictionary) {
  if (dictionary && !check_buffer(dictionary.get())) {
    return raise(TypeError, "zdict argument must support the buffer protocol");
  }
  Ref<Stream> self = TRY(stream_new(&decompress_type));
  self->dictionary = Ref<Object>::share_or_empty(dictionary.get()).release();
  int code = inflateInit2(&self->stream, window_bits);
  if (code == Z_STREAM_ERROR) return raise(ValueError, "Invalid initialization option");
  if (code == Z_MEM_ERROR) return raise(MemoryError, "Can't allocate memory for decompression object");
  if (code != Z_OK) return raise_zlib(self->stream, code, "while creating decompression object");
  self->initialised = true;
  if (self->dictionary && window_bits < 0) TRY(set_inflate_dictionary(self));  // raw data does not ask for it
  return self;
}

constinit Type compress_type = {
    .tp_name = "zlib.Compress",
    .tp_basicsize = sizeof(Stream),
    .tp_dealloc = stream_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = compress_methods,
};
constinit Type decompress_type = {
    .tp_name = "zlib.Decompress",
    .tp_basicsize = sizeof(Stream),
    .tp_dealloc = stream_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = decompress_methods,
    .tp_members = decompress_members,
};
}  // namespace adder::zlib
