package io.stablesr.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.checkpoint.PickleValue.Dict;
import io.stablesr.checkpoint.PickleValue.Inert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other torch versions and trainers put into their pickles. */
class PickleVariantsTest {
  @TempDir Path folder;

  private Path file(byte[] bytes) {
    try {
      return Files.write(folder.resolve("variant.ckpt"), bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void modulesOfTorchScriptArchivesAreFlattened() {
    byte[] pickle =
        Pickles.start()
            .global("__torch__.net", "Model")
            .op(')')
            .op(0x81)
            .op('}')
            .mark()
            .text("training")
            .op(0x89)
            .text("conv")
            .global("__torch__.torch.nn.modules.conv.___torch_mangle_2", "Conv2d")
            .op(')')
            .op(0x81)
            .op('}')
            .text("weight")
            .floats("0", 3)
            .op('s')
            .op('b')
            .op('u')
            .op('b')
            .stop();
    Path path = file(TorchFiles.zip(pickle, TorchFiles.sampleStorages()));
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThat(checkpoint.names()).containsExactly("conv.weight");
    }
  }

  @Test
  void objectsOfForeignClassesKeepTheirStateAndRunNothing() {
    byte[] pickle =
        Pickles.start()
            .op('}')
            .text("args")
            .global("argparse", "Namespace")
            .op(')')
            .op(0x81)
            .op('}')
            .text("lr")
            .op('G')
            .op(0x3f)
            .op(0xf8)
            .int32(0)
            .op(0)
            .op(0)
            .op('s')
            .op('b')
            .op('s')
            .stop();
    Path path = file(TorchFiles.zip(pickle, Map.of()));
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      Dict content = (Dict) checkpoint.content().orElseThrow();
      Inert namespace = (Inert) content.find("args").orElseThrow();
      assertThat(namespace.callee()).isEqualTo(new PickleValue.Name("argparse", "Namespace"));
      assertThat(((Dict) namespace.state().orElseThrow()).find("lr"))
          .contains(new PickleValue.Real(1.5));
      assertThat(checkpoint.names()).isEmpty();
    }
  }

  @Test
  void protocolFourFramesAndStackNamesAreRead() {
    Pickles pickle = new Pickles().op(0x80).op(4).op(0x95).int32(100).int32(0).op('}').op(0x94);
    pickle.op(0x8c).op(1).op('n').op(0x94).op(0x8c).op(11);
    "collections".chars().forEach(pickle::op);
    pickle.op(0x8c).op(11);
    "OrderedDict".chars().forEach(pickle::op);
    pickle.op(0x93).op(0x94).op(')').op('R').op('s');
    Path path = file(TorchFiles.zip(pickle.stop(), Map.of()));
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      Dict content = (Dict) checkpoint.content().orElseThrow();
      assertThat(content.find("n").orElseThrow()).isInstanceOf(Dict.class);
    }
  }

  @Test
  void untypedStoragesTensorSubclassesAndDictAttributesAreRead() {
    byte[] pickle =
        Pickles.start()
            .orderedDict()
            .mark()
            .text("untyped")
            .global("torch._utils", "_rebuild_tensor_v3")
            .mark()
            .storage("UntypedStorage", "0", 12)
            .integer(1)
            .tuple(2)
            .tuple(1)
            .op(0x89)
            .orderedDict()
            .global("torch", "float32")
            .op('t')
            .op('R')
            .text("subclass")
            .global("torch._tensor", "_rebuild_from_type_v2")
            .mark()
            .global("torch._utils", "_rebuild_tensor_v2")
            .global("my.tensors", "Tagged")
            .mark()
            .storage("FloatStorage", "1", 6)
            .integer(4)
            .tuple(2)
            .tuple(1)
            .op('t')
            .op('}')
            .op('t')
            .op('R')
            .op('u')
            .op('}')
            .text("_metadata")
            .op('N')
            .op('s')
            .op('b')
            .stop();
    Path path = file(TorchFiles.zip(pickle, TorchFiles.sampleStorages()));
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThat(checkpoint.get("untyped").toFloats().data()).containsExactly(2, 3);
      assertThat(checkpoint.get("subclass").toFloats().data()).containsExactly(14, 15);
    }
  }
}
