// zlib: the module: one-shot compression, checksums, constants.
//
// See        library reference "zlib"; RFC 1950-1952; tests/python/test_zlib_module.py
#include "types/module.h"

#include <cstring>

#include "import/import.h"
#include "modules/exception_class.h"
#include "modules/zlib/zlib_private.h"
#include "types/int.h"
#include "types/str.h"

namespace adder::zlib {
constinit Object* error_class = nullptr;  // made by exec, once

Error raise_zlib(const z_stream& stream, int code, const char* action) {
  const char* text = nullptr;
  if (code == Z_VERSION_ERROR)
    text = "library version mismatch";
  else
    text = stream.msg;
  if (!text) {
    if (code == Z_BUF_ERROR)
      text = "incomplete or truncated stream";
    else if (code == Z_STREAM_ERROR)
      text = "inconsistent stream state";
    else if (code == Z_DATA_ERROR)
      text = "invalid input data";
  }
  Type* type = reinterpret_cast<Type*>(error_class);
  if (!text) return raise(type, "Error %d %s", code, action);
  return raise(type, "Error %d %s: %.200s", code, action, text);
}

// == Output ==

namespace {
void point(z_stream& stream, Bytes* bytes, isize used) {
  isize room = bytes_size(bytes) - used;
  stream.next_out = reinterpret_cast<Bytef*>(bytes_data(bytes) + used);
  stream.avail_out = room > 0x40000000 ? 0x40000000u : static_cast<uInt>(room);
}
}  // namespace

Result<void> Output::start(z_stream& stream, isize size) {
  bytes_ = TRY(bytes_new(size < 1 ? 1 : size));
  point(stream, bytes_, 0);
  return {};
}
Result<bool> Output::grow(z_stream& stream) {
  isize used = reinterpret_cast<char*>(stream.next_out) - bytes_data(bytes_);
  isize size = bytes_size(bytes_);
  if (used == size) {
    if (size >= limit_) return false;
    isize larger = size > limit_ / 2 ? limit_ : 2 * size;
    bytes_ = TRY(bytes_resize(std::move(bytes_), larger));
  }
  point(stream, bytes_, used);
  return true;
}
Result<Bytes> Output::finish(z_stream& stream) {
  isize used = reinterpret_cast<char*>(stream.next_out) - bytes_data(bytes_);
  return bytes_resize(std::move(bytes_), used);
}

namespace {
// == Functions ==

constexpr Doc compress_doc =
    "compress($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)\n--\n\nReturns a bytes object containing "
    "compressed "
    "data.\n\n  data\n    Binary data to be compressed.\n  level\n    Compression level, in 0-9 or -1.\n  wbits\n    "
    "The window "
    "buffer size and container format.";
Result<int> integer_or(Opt<Object*> object, int missing) {
  return object ? int_as_int(object.get()) : Result<int>(missing);
}

Result<Bytes> compress(Module*, Object* data, Opt<Object*> level_object, Opt<Object*> bits_object) {
  int level = TRY(integer_or(level_object, Z_DEFAULT_COMPRESSION))
  , window_bits = TRY(integer_or(bits_object, MAX_WBITS));
  BufferView view;
  TRY(view.acquire(data));
  z_stream stream{};
  int code = deflateInit2(&stream, level, Z_DEFLATED, window_bits, kMemoryLevel, Z_DEFAULT_STRATEGY);
  if (code == Z_MEM_ERROR) return raise(MemoryError, "Out of memory while compressing data");
  if (code == Z_STREAM_ERROR) return raise(reinterpret_cast<Type*>(error_class), "Bad compression level");
  if (code != Z_OK) {
    deflateEnd(&stream);
    return raise_zlib(stream, code, "while compressing data");
  }
  struct End {
    z_stream& stream;
    ~End() { deflateEnd(&stream); }
  } end{stream};
  Output out;
  TRY(out.start(stream, kDefaultBuffer));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(view.data()));
  usize left = static_cast<usize>(view.size());
  do {
    feed(stream, left);
    int mode = left ? Z_NO_FLUSH : Z_FINISH;
    for (;;) {
      {
        WithoutGil released;
        code = deflate(&stream, mode);
      }
      if (code == Z_STREAM_ERROR) return raise_zlib(stream, code, "while compressing data");
      if (stream.avail_out != 0) break;
      TRY(out.grow(stream));
    }
  } while (left || code != Z_STREAM_END);
  return out.finish(stream);
}

constexpr Doc decompress_doc =
    "decompress($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)\n--\n\nReturns a bytes object containing the "
    "uncompressed "
    "data.\n\n  data\n    Compressed data.\n  wbits\n    The window buffer size and container format.\n  bufsize\n    "
    "The initial "
    "output buffer size.";
Result<Bytes> decompress(Module*, Object* data, Opt<Object*> bits_object, Opt<Object*> size_object) {
  int window_bits = TRY(integer_or(bits_object, MAX_WBITS));
  isize size = kDefaultBuffer;
  if (size_object) size = TRY(int_as_ssize_t(size_object.get()));
  BufferView view;
  TRY(view.acquire(data));
  if (size < 0) return raise(ValueError, "bufsize must be non-negative");
  z_stream stream{};
  int code = inflateInit2(&stream, window_bits);
  if (code == Z_MEM_ERROR) return raise(MemoryError, "Out of memory while decompressing data");
  if (code != Z_OK) {
    inflateEnd(&stream);
    return raise_zlib(stream, code, "while preparing to decompress data");
  }
  struct End {
    z_stream& stream;
    ~End() { inflateEnd(&stream); }
  } end{stream};
  Output out;
  TRY(out.start(stream, size));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(view.data()));
  usize left = static_cast<usize>(view.size());
  do {
    feed(stream, left);
    for (;;) {
      {
        WithoutGil released;
        code = inflate(&stream, left ? Z_NO_FLUSH : Z_FINISH);
      }
      if (code == Z_MEM_ERROR) return raise(MemoryError, "Out of memory while decompressing data");
      if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END)
        return raise_zlib(stream, code, "while decompressing data");
      if (code == Z_STREAM_END || stream.avail_out != 0) break;
      TRY(out.grow(stream));
    }
  } while (code != Z_STREAM_END && left);
  if (code != Z_STREAM_END) return raise_zlib(stream, Z_BUF_ERROR, "while decompressing data");
  return out.finish(stream);
}

constexpr Doc compressobj_doc =
    "compressobj($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, "
    "memLevel=DEF_MEM_LEVEL,\n"
    "            strategy=Z_DEFAULT_STRATEGY, zdict=None)\n--\n\nReturn a compressor object.\n\n  level\n    The "
    "compression level (an "
    "integer in the range 0-9 or -1; default is\n    currently equivalent to 6).  Higher compression levels are "
    "slower,\n    but "
    "produce smaller results.\n  method\n    The compression algorithm.  If given, this must be DEFLATED.\n  wbits\n   "
    " +9 to +15: "
    "The base-two logarithm of the window size.  Include a zlib\n        container.\n    -9 to -15: Generate a raw "
    "stream.\n    +25 to "
    "+31: Include a gzip container.\n  memLevel\n    Controls the amount of memory used for internal compression "
    "state.\n    Valid "
    "values range from 1 to 9.  Higher values result in higher memory\n    usage, faster compression, and smaller "
    "output.\n  "
    "strategy\n    Used to tune the compression algorithm.  Possible values are\n    Z_DEFAULT_STRATEGY, Z_FILTERED, "
    "and "
    "Z_HUFFMAN_ONLY.\n  zdict\n    The predefined compression dictionary - a sequence of bytes\n    containing "
    "subsequences that are "
    "likely to occur in the input data.";
Result<Object> compressobj(Module*, Opt<Object*> level, Opt<Object*> algorithm, Opt<Object*> window_bits,
                           Opt<Object*> memory_level, Opt<Object*> strategy, Opt<Object*> dictionary) {
  return compress_object(TRY(integer_or(level, Z_DEFAULT_COMPRESSION)), TRY(integer_or(algorithm, Z_DEFLATED)),
                         TRY(integer_or(window_bits, MAX_WBITS)), TRY(integer_or(memory_level, kMemoryLevel)),
                         TRY(integer_or(strategy, Z_DEFAULT_STRATEGY)), dictionary);
}

constexpr Doc decompressobj_doc =
    "decompressobj($module, /, wbits=MAX_WBITS, zdict=b\'\')\n--\n\nReturn a decompressor object.\n\n  wbits\n    The "
    "window buffer "
    "size and container format.\n  zdict\n    The predefined compression dictionary.  This must be the same\n    "
    "dictionary as used by "
    "the compressor that produced the input data.";
Result<Object> decompressobj(Module*, Opt<Object*> window_bits, Opt<Object*> dictionary) {
  return decompress_object(TRY(integer_or(window_bits, MAX_WBITS)), dictionary);
}

using Checksum = uLong (*)(uLong, const Bytef*, z_size_t);
Result<u64> checksum(Checksum function, Object* data, Opt<Object*> start, u32 missing) {
  BufferView view;
  TRY(view.acquire(data));
  u32 value = missing;
  if (start) {
    Ref<Object> index = TRY(number_index(start.get()));
    value = static_cast<u32>(int_as_u64_mask(as<Int>(index.get())));
  }
  // A null pointer asks zlib for the start value: an empty buffer must not look like one.
  const char* bytes = view.data() ? view.data() : "";
  return static_cast<u64>(function(value, reinterpret_cast<const Bytef*>(bytes), static_cast<usize>(view.size())) &
                          0xffffffff);
}
constexpr Doc adler32_doc =
    "adler32($module, data, value=1, /)\n--\n\nCompute an Adler-32 checksum of data.\n\n  value\n    Starting value of "
    "the "
    "checksum.\n\nThe returned checksum is an integer.";
Result<u64> adler32_checksum(Module*, Object* data, Opt<Object*> start) { return checksum(adler32_z, data, start, 1); }
constexpr Doc crc32_doc =
    "crc32($module, data, value=0, /)\n--\n\nCompute a CRC-32 checksum of data.\n\n  value\n    Starting value of the "
    "checksum.\n\nThe returned checksum is an integer.";
Result<u64> crc32_checksum(Module*, Object* data, Opt<Object*> start) { return checksum(crc32_z, data, start, 0); }

constinit PyMethodDef functions[] = {
    method<adler32_checksum, adler32_doc>(),
    method<compress, compress_doc>(),
    method<compressobj, compressobj_doc>(),
    method<crc32_checksum, crc32_doc>(),
    method<decompress, decompress_doc>(),
    method<decompressobj, decompressobj_doc>(),
    {},
};

// == Module ==

constexpr struct {
  const char* name;
  int value;
} constants[] = {
    {"MAX_WBITS", MAX_WBITS},
    {"DEFLATED", Z_DEFLATED},
    {"DEF_MEM_LEVEL", kMemoryLevel},
    {"DEF_BUF_SIZE", kDefaultBuffer},
    {"Z_NO_COMPRESSION", Z_NO_COMPRESSION},
    {"Z_BEST_SPEED", Z_BEST_SPEED},
    {"Z_BEST_COMPRESSION", Z_BEST_COMPRESSION},
    {"Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION},
    {"Z_FILTERED", Z_FILTERED},
    {"Z_HUFFMAN_ONLY", Z_HUFFMAN_ONLY},
    {"Z_RLE", Z_RLE},
    {"Z_FIXED", Z_FIXED},
    {"Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY},
    {"Z_NO_FLUSH", Z_NO_FLUSH},
    {"Z_PARTIAL_FLUSH", Z_PARTIAL_FLUSH},
    {"Z_SYNC_FLUSH", Z_SYNC_FLUSH},
    {"Z_FULL_FLUSH", Z_FULL_FLUSH},
    {"Z_FINISH", Z_FINISH},
    {"Z_BLOCK", Z_BLOCK},
    {"Z_TREES", Z_TREES},
};

Result<void> exec(Module* module) {
  TRY(type_ready(&compress_type));
  TRY(type_ready(&decompress_type));
  if (!error_class) error_class = TRY(make_exception_class("zlib", "error", as<Type>(PyExc_Exception)))
  .release();
  TRY(module_add_object(module, "error", error_class));
  for (auto& constant : constants) TRY(module_add_int(module, constant.name, constant.value));
  TRY(module_add_string(module, "ZLIB_VERSION", ZLIB_VERSION));
  TRY(module_add_string(module, "ZLIB_RUNTIME_VERSION", zlibVersion()));
  return module_add_string(module, "__version__", "1.0");
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition(
    "zlib",
    "The functions in this module allow compression and decompression using the\nzlib library, which is based on GNU "
    "zip.\n\nadler32(string[, start]) -- Compute an Adler-32 checksum.\ncompress(data[, level]) -- Compress data, with "
    "compression "
    "level 0-9 or -1.\ncompressobj([level[, ...]]) -- Return a compressor object.\ncrc32(string[, start]) -- Compute a "
    "CRC-32 "
    "checksum.\ndecompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.\ndecompressobj([wbits[, "
    "zdict]]) -- Return "
    "a decompressor object.\n\n'wbits' is window buffer size and container format.\nCompressor objects support "
    "compress() and flush() "
    "methods; decompressor\nobjects support decompress() and flush().",
    functions, slots);
}  // namespace
}  // namespace adder::zlib

ADDER_EXPORT PyObject* PyInit_zlib() { return adder::module_def_init(&adder::zlib::definition); }
