package io.stablesr.checkpoint;

import io.stablesr.checkpoint.PickleValue.Name;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which names a pickle may mention. A name of an ordinary module becomes an inert value, because
 * training checkpoints mention classes of trainers and configurations. Names that serve only to run
 * code are refused although nothing would run: a file that mentions them is an attack, and the user
 * should know.
 */
final class PickleGlobals {
  private static final Pattern DOTTED = Pattern.compile("\\w+(\\.\\w+)*");
  private static final Pattern SPECIAL_METHOD = Pattern.compile("(^|.*\\.)__\\w+__(\\..*|$)");

  private static final Set<String> BUILTINS = Set.of("builtins", "__builtin__", "__builtins__");

  private static final Set<String> HARMLESS_BUILTINS =
      Set.of(
          "set",
          "frozenset",
          "bytearray",
          "bytes",
          "complex",
          "slice",
          "range",
          "xrange",
          "object",
          "int",
          "long",
          "float",
          "bool",
          "str",
          "unicode",
          "list",
          "tuple",
          "dict",
          "Ellipsis",
          "NotImplemented");

  /** Refused with everything below them. */
  private static final Set<String> FORBIDDEN_ROOTS =
      Set.of(
          ("os posix nt posixpath ntpath sys subprocess _posixsubprocess commands popen2 shutil"
                  + " socket _socket ssl select asyncio signal resource pty tty ctypes _ctypes cffi"
                  + " importlib _frozen_importlib _frozen_importlib_external imp zipimport pkgutil"
                  + " runpy code codeop pdb bdb cProfile profile timeit trace doctest pydoc inspect"
                  + " gc atexit linecache webbrowser antigravity platform multiprocessing threading"
                  + " _thread tempfile io _io fileinput pathlib2 glob mmap pickle _pickle cPickle"
                  + " pickletools marshal shelve dill cloudpickle joblib operator _operator"
                  + " requests urllib urllib2 urllib3 http httplib ftplib smtplib telnetlib poplib"
                  + " imaplib nntplib xmlrpc paramiko pip setuptools distutils ensurepip venv site"
                  + " lib2to3 idlelib tkinter test cgi winreg msvcrt jnius java javax")
              .split(" "));

  /** Refused with everything below them, although their root is ordinary. */
  private static final Set<String> FORBIDDEN_MODULES =
      Set.of(
          "torch.hub",
          "torch.package",
          "torch.serialization",
          "torch.jit",
          "torch.fx",
          "torch._dynamo",
          "torch._inductor",
          "torch.testing",
          "torch.distributed.rpc",
          "torch.multiprocessing",
          "torch.utils.cpp_extension",
          "torch.utils.bottleneck",
          "torch.utils.collect_env",
          "torch.utils.model_zoo",
          "numpy.testing",
          "numpy.distutils",
          "numpy.f2py",
          "numpy.lib.npyio");

  private static final Set<String> FORBIDDEN_NAMES =
      Set.of(
          "torch.load",
          "torch.save",
          "torch.compile",
          "numpy.load",
          "numpy.loads",
          "numpy.memmap",
          "types.FunctionType",
          "types.LambdaType",
          "types.CodeType",
          "types.MethodType",
          "functools.reduce");

  /** The value builders that TorchScript archives name; they only wrap lists. */
  private static final String TORCHSCRIPT_BUILDERS = "torch.jit._pickle";

  private PickleGlobals() {}

  /**
   * The inert name.
   *
   * @throws io.stablesr.core.StableSrException CHECKPOINT_FORBIDDEN for names that run code
   */
  static Name resolve(WeightFile file, String module, String name) {
    if (!DOTTED.matcher(module).matches() || !DOTTED.matcher(name).matches()) {
      throw file.corrupt("its pickle holds a malformed name");
    }
    if (forbidden(module, name)) {
      throw file.forbidden(
          "its pickle refers to %s.%s, which weights never need and attacks use; nothing was"
              + " executed. Do not use this file",
          module, name);
    }
    return new Name(module, name);
  }

  private static boolean forbidden(String module, String name) {
    String root = module.split("\\.", 2)[0];
    if (BUILTINS.contains(root)) {
      return !HARMLESS_BUILTINS.contains(name);
    }
    return FORBIDDEN_ROOTS.contains(root)
        || FORBIDDEN_NAMES.contains(module + "." + name)
        || SPECIAL_METHOD.matcher(name).matches()
        || (!module.equals(TORCHSCRIPT_BUILDERS)
            && prefixes(module).anyMatch(FORBIDDEN_MODULES::contains))
        || prefixes(module + "." + name).anyMatch(FORBIDDEN_MODULES::contains);
  }

  private static Stream<String> prefixes(String dotted) {
    return Stream.iterate(
        dotted,
        prefix -> prefix != null,
        prefix -> prefix.contains(".") ? prefix.substring(0, prefix.lastIndexOf('.')) : null);
  }
}
