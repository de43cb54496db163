package io.stablesr.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile pickles: each is one clear error, nothing runs, and neither heap nor stack overflows. */
class PickleSafetyTest {
  @TempDir Path folder;

  private void assertRefused(byte[] pickle, ErrorCode code, String reason) {
    byte[] zip = TorchFiles.zip(pickle, Map.of());
    byte[] legacy = TorchFiles.legacy(pickle, Map.of());
    for (byte[] bytes : new byte[][] {zip, legacy}) {
      Path path = write(bytes);
      assertThatThrownBy(() -> Checkpoint.open(path).close())
          .isInstanceOf(StableSrException.class)
          .hasMessageContaining(path.toString())
          .hasMessageContaining(reason)
          .extracting(e -> ((StableSrException) e).code())
          .isEqualTo(code);
    }
  }

  private Path write(byte[] bytes) {
    try {
      return Files.write(folder.resolve("hostile.ckpt"), bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aShellCommandIsRefusedAndNotRun() {
    Path proof = folder.resolve("executed");
    byte[] pickle =
        Pickles.start().global("posix", "system").text("touch " + proof).op(0x85).op('R').stop();
    assertRefused(pickle, ErrorCode.CHECKPOINT_FORBIDDEN, "posix.system");
    assertThat(proof).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "os system",
        "nt system",
        "os.path join",
        "subprocess Popen",
        "sys exit",
        "builtins eval",
        "builtins exec",
        "builtins getattr",
        "builtins __import__",
        "__builtin__ compile",
        "__builtin__ open",
        "importlib import_module",
        "runpy run_path",
        "socket socket",
        "shutil rmtree",
        "pty spawn",
        "ctypes CDLL",
        "torch.hub load",
        "torch hub.load",
        "torch load",
        "torch.jit load",
        "torch.serialization load",
        "webbrowser open",
        "code interact",
        "operator attrgetter",
        "types FunctionType",
        "collections OrderedDict.__init__.__globals__",
        "pickle loads",
        "numpy load"
      })
  void namesThatServeToRunCodeAreForbidden(String name) {
    String[] parts = name.split(" ", -1);
    byte[] called = Pickles.start().global(parts[0], parts[1]).op(')').op('R').stop();
    assertRefused(called, ErrorCode.CHECKPOINT_FORBIDDEN, parts[0] + "." + parts[1]);
    byte[] onStack = Pickles.start().text(parts[0]).text(parts[1]).op(0x93).stop();
    assertRefused(onStack, ErrorCode.CHECKPOINT_FORBIDDEN, parts[0] + "." + parts[1]);
  }

  @ParameterizedTest
  @ValueSource(ints = {'i', 'o', 'P', 'I', 'S', 'V', 'L', 'F', 'p', 'g', 0x82, 0x83, 0x84, 0x97, 0})
  void opcodesThatTorchNeverWritesAreErrors(int opcode) {
    byte[] pickle = Pickles.start().mark().text("os").text("x").op(opcode).op('\n').stop();
    assertRefused(
        pickle, ErrorCode.CHECKPOINT_CORRUPT, "unsupported pickle opcode 0x%02x".formatted(opcode));
  }

  @Test
  void persistentIdsMustBeStorages() {
    byte[] pickle = Pickles.start().text("anything").op('Q').stop();
    assertRefused(pickle, ErrorCode.CHECKPOINT_CORRUPT, "persistent id that is no torch storage");
  }

  @Test
  void damagedStacksAreErrors() {
    assertRefused(Pickles.start().stop(), ErrorCode.CHECKPOINT_CORRUPT, "empty stack");
    assertRefused(Pickles.start().op('t').stop(), ErrorCode.CHECKPOINT_CORRUPT, "never opened");
    assertRefused(
        Pickles.start().op('h').op(7).stop(), ErrorCode.CHECKPOINT_CORRUPT, "entry 7 of its memo");
    assertRefused(
        Pickles.start().op('N').mark().op('a').stop(), ErrorCode.CHECKPOINT_CORRUPT, "empty stack");
    assertRefused(
        Pickles.start().op('}').mark().text("k").op('u').stop(),
        ErrorCode.CHECKPOINT_CORRUPT,
        "without a value");
    assertRefused(
        Pickles.start().op('N').op(')').op('R').stop(),
        ErrorCode.CHECKPOINT_CORRUPT,
        "no class or function");
  }

  @Test
  void claimedLengthsAreCheckedBeforeAllocating() {
    byte[] text = Pickles.start().op('X').int32(Integer.MAX_VALUE).stop();
    assertRefused(text, ErrorCode.CHECKPOINT_CORRUPT, "ends early");
    byte[] bytes = Pickles.start().op(0x8e).int32(-1).int32(-1).stop();
    assertRefused(bytes, ErrorCode.CHECKPOINT_CORRUPT, "ends early");
    byte[] number = Pickles.start().op(0x8b).int32(100_000_000).stop();
    assertRefused(number, ErrorCode.CHECKPOINT_CORRUPT, "an integer of 100000000 bytes");
  }

  @Test
  void manyValuesAndRepeatedCopiesAreBounded() {
    Pickles values = Pickles.start().mark();
    for (int i = 0; i < 1_100_000; i++) {
      values.op('}');
    }
    assertRefused(values.op('t').stop(), ErrorCode.CHECKPOINT_CORRUPT, "more than 1000000 values");

    Pickles copies = Pickles.start().op(']').mark();
    for (int i = 0; i < 10_000; i++) {
      copies.op('N');
    }
    copies.op('e').op(0x85).op('q').op(0).op('0');
    for (int i = 0; i < 10_000; i++) {
      copies.global("builtins", "set").op('h').op(0).op('R');
    }
    assertRefused(copies.stop(), ErrorCode.CHECKPOINT_CORRUPT, "more than 1000000 values");
  }

  @Test
  void deepAndCyclicDictsAreErrors() {
    Pickles deep = Pickles.start();
    for (int i = 0; i < 100_000; i++) {
      deep.op('}').text("k");
    }
    deep.op('}');
    for (int i = 0; i < 100_000; i++) {
      deep.op('s');
    }
    assertRefused(deep.stop(), ErrorCode.CHECKPOINT_CORRUPT, "nested deeper than 64");

    byte[] cyclic = Pickles.start().op('}').op('q').op(0).text("self").op('h').op(0).op('s').stop();
    assertRefused(cyclic, ErrorCode.CHECKPOINT_CORRUPT, "nested deeper than 64");
  }

  @Test
  void sharedDictsDoNotMultiplyWithoutBound() {
    Pickles laughs = Pickles.start().op('}');
    for (int level = 0; level < 40; level++) {
      laughs.op('q').op(level).op('}').mark();
      laughs.text("a").op('h').op(level).text("b").op('h').op(level).op('u');
    }
    assertRefused(laughs.stop(), ErrorCode.CHECKPOINT_CORRUPT, "more than 1000000 entries");
  }

  @Test
  void hostileTextInMessagesIsShortenedAndPrintable() {
    byte[] pickle = Pickles.start().floats("\n\u001b[31m" + "x".repeat(5000), 0).stop();
    Path path = write(TorchFiles.zip(pickle, Map.of()));
    assertThatThrownBy(() -> Checkpoint.open(path).close())
        .isInstanceOf(StableSrException.class)
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining("\u001b")
        .hasMessageContaining("is missing from the zip file")
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(1000));
  }
}
