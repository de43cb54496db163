package io.stablesr.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.PickleValue.Dict;
import io.stablesr.checkpoint.PickleValue.Inert;
import io.stablesr.checkpoint.PickleValue.Name;
import io.stablesr.checkpoint.PickleValue.Sequence;
import io.stablesr.checkpoint.PickleValue.SequenceKind;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Files that torch wrote, against values that torch exported. */
class CheckpointGoldenTest {
  private static final Set<String> IGNORED_EMA = Set.of("model_ema.decay", "model_ema.num_updates");

  private static final Pattern TEXT_LAYER_4_TO_23 =
      Pattern.compile("cond_stage_model\\.model\\.transformer\\.resblocks\\.([4-9]|\\d\\d)\\..*");

  private static Checkpoint open(String name) {
    return Checkpoint.open(SharedFolder.path("goldens/public/" + name));
  }

  private static void assertSameTensor(StoredTensor actual, StoredTensor expected) {
    assertThat(actual.type()).as("type of %s", expected).isEqualTo(expected.type());
    assertThat(actual.shape()).as("shape of %s", expected).isEqualTo(expected.shape());
    assertThat(actual.bytes()).as("values of %s", expected).isEqualTo(expected.bytes());
    assertThat(actual.toFloats().data()).isEqualTo(expected.toFloats().data());
  }

  @Test
  void everyAwkwardTensorIsReadBitForBit() {
    try (Checkpoint expected = open("ckpt_cases_expected.safetensors");
        Checkpoint actual = open("ckpt_cases.ckpt");
        Checkpoint legacy = open("ckpt_legacy_nonzip.ckpt")) {
      Set<String> checked = new LinkedHashSet<>();
      for (String name : actual.names()) {
        assertSameTensor(actual.get(name), expected.get(name));
        checked.add(name);
      }
      for (String name : legacy.names()) {
        assertSameTensor(legacy.get(name), expected.get("legacy." + name));
        checked.add("legacy." + name);
      }
      Dict content = (Dict) actual.content().orElseThrow();
      PickleValue param = content.find("param").orElseThrow();
      assertSameTensor(((PickleValue.Tensor) param).tensor(), expected.get("param"));
      checked.add("param");
      assertThat(checked).isEqualTo(expected.names());
      assertThat(actual.get("transposed").contiguous()).isFalse();
      assertThat(actual.get("view_row").contiguous()).isTrue();
      assertThat(actual.get("view_row").storageOffset()).isEqualTo(16);
    }
  }

  @Test
  void plainValuesAndForeignObjectsAreReadAsDescriptions() {
    try (Checkpoint checkpoint = open("ckpt_cases.ckpt")) {
      Dict content = (Dict) checkpoint.content().orElseThrow();
      assertThat(content.find("big"))
          .contains(new PickleValue.Int(BigInteger.valueOf(1099511627776L)));
      assertThat(content.find("neg")).contains(new PickleValue.Int(BigInteger.valueOf(-7)));
      assertThat(content.find("float")).contains(new PickleValue.Real(0.1));
      assertThat(content.find("none")).contains(new PickleValue.None());
      assertThat(content.find("flag")).contains(new PickleValue.Bool(true));
      assertThat(content.find("uni")).contains(new PickleValue.Text("λ-é"));
      assertThat(content.find("np")).contains(new PickleValue.Real(1.5));
      assertThat(content.find("dtype")).contains(new Name("torch", "float16"));
      assertThat(((PickleValue.Bytes) content.find("bytes").orElseThrow()).value())
          .isEqualTo("abc".getBytes(StandardCharsets.US_ASCII));
      Sequence set = (Sequence) content.find("set").orElseThrow();
      assertThat(set.kind()).isEqualTo(SequenceKind.SET);
      assertThat(set.items()).hasSize(2);
      Sequence size = (Sequence) content.find("size").orElseThrow();
      assertThat(size.kind()).isEqualTo(SequenceKind.TUPLE);
      assertThat(size.items()).hasSize(2);
      Dict callbacks = (Dict) content.find("callbacks").orElseThrow();
      assertThat(callbacks.others()).hasSize(1);
      assertThat(callbacks.others().get(0).getKey())
          .isEqualTo(new Name("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint"));
      assertThat(content.texts().values()).noneMatch(Inert.class::isInstance);
      assertThat(checkpoint.metadata()).containsEntry("epoch", "3").containsEntry("float", "0.1");
    }
  }

  @Test
  void aBareDictNeedsNoStateDictLevel() {
    try (Checkpoint checkpoint = open("ckpt_bare_state_dict.pth")) {
      assertThat(checkpoint.names()).containsExactly("a");
      assertThat(checkpoint.get("a").shape()).containsExactly(2, 3);
      assertThat(CheckpointKind.of(checkpoint.names())).isEqualTo(CheckpointKind.UNKNOWN);
    }
  }

  @Test
  void theDiffusionFileHasExactlyTheOfficialKeys() throws IOException {
    Map<String, List<Long>> official = keys("goldens/keys_full_unet_sr.tsv");
    try (Checkpoint checkpoint = open("stablesr_tiny.ckpt")) {
      Set<String> names = new LinkedHashSet<>(checkpoint.names());
      names.removeAll(IGNORED_EMA);
      Set<String> expected = new LinkedHashSet<>(official.keySet());
      // The fixture's text encoder has the first 4 of 24 layers.
      expected.removeIf(key -> TEXT_LAYER_4_TO_23.matcher(key).matches());
      assertThat(names).isEqualTo(expected);
      assertThat(CheckpointKind.of(checkpoint.names())).isEqualTo(CheckpointKind.STABLESR);
      assertThat(checkpoint.get("betas").shape()).containsExactly(1000);
      for (String name : names) {
        assertThat(checkpoint.get(name).toFloats().data()).doesNotContain(Float.NaN);
      }
    }
  }

  @Test
  void theAutoencoderFileHasTheOfficialKeysAndTheLoss() throws IOException {
    Map<String, List<Long>> official = keys("goldens/keys_full_vae_cfw.tsv");
    try (Checkpoint checkpoint = open("vqgan_cfw_tiny.ckpt")) {
      Set<String> names =
          checkpoint.names().stream()
              .filter(name -> !name.startsWith("loss."))
              .collect(Collectors.toSet());
      assertThat(names).isEqualTo(official.keySet());
      assertThat(checkpoint.names()).anyMatch(name -> name.startsWith("loss."));
      assertThat(CheckpointKind.of(checkpoint.names())).isEqualTo(CheckpointKind.CFW_AUTOENCODER);
    }
  }

  @Test
  void theOfficialKeyListsAreToldApart() throws IOException {
    assertThat(kind("goldens/keys_full_unet_sr.tsv")).isEqualTo(CheckpointKind.STABLESR);
    assertThat(kind("goldens/keys_full_sd21_base_expected.tsv"))
        .isEqualTo(CheckpointKind.STABLE_DIFFUSION);
    assertThat(kind("goldens/keys_full_sr_module_only.tsv")).isEqualTo(CheckpointKind.SR_MODULE);
    assertThat(kind("goldens/keys_full_vae_cfw.tsv")).isEqualTo(CheckpointKind.CFW_AUTOENCODER);
  }

  @Test
  void theSrModuleOverTheBaseGivesEveryOfficialKey() throws IOException {
    Set<String> both =
        new LinkedHashSet<>(keys("goldens/keys_full_sd21_base_expected.tsv").keySet());
    both.addAll(keys("goldens/keys_full_sr_module_only.tsv").keySet());
    assertThat(both).containsAll(keys("goldens/keys_full_unet_sr.tsv").keySet());
  }

  private static CheckpointKind kind(String list) throws IOException {
    return CheckpointKind.of(keys(list).keySet());
  }

  private static Map<String, List<Long>> keys(String list) throws IOException {
    Path path = SharedFolder.path(list);
    Map<String, List<Long>> keys = new LinkedHashMap<>();
    for (String line : Files.readAllLines(path)) {
      String[] fields = line.split("\t", -1);
      String shape = fields[1].substring(1, fields[1].length() - 1);
      keys.put(
          fields[0],
          shape.isEmpty()
              ? List.of()
              : List.of(shape.split(",", -1)).stream()
                  .map(length -> Long.parseLong(length.trim()))
                  .toList());
    }
    return keys;
  }
}
