package io.stablesr.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The discovery script with an {@code nvidia-smi} that prints what the real one does. */
class GpuDiscoveryTest {
  private static final String TWO = "echo '0, GPU-aaaa-1'; echo '1, GPU-bbbb-2'";

  @TempDir private Path folder;

  @Test
  void allGpusUnlessSomeAreHidden() throws Exception {
    assertThat(addresses(TWO, Map.of())).containsExactly("0", "1");
    assertThat(addresses(TWO, Map.of("CUDA_VISIBLE_DEVICES", "1"))).containsExactly("1");
    assertThat(addresses(TWO, Map.of("CUDA_VISIBLE_DEVICES", "1, 0"))).containsExactly("1", "0");
    assertThat(addresses(TWO, Map.of("CUDA_VISIBLE_DEVICES", "GPU-bbbb")))
        .containsExactly("GPU-bbbb");
    // CUDA ignores what follows the first that it does not know.
    assertThat(addresses(TWO, Map.of("CUDA_VISIBLE_DEVICES", "0,7,1"))).containsExactly("0");
  }

  @Test
  void itSaysWhyThereIsNone() throws Exception {
    assertThat(run("", Map.of()).err()).startsWith("gpu-discovery: nvidia-smi lists no GPU on ");
    assertThat(run("echo 'no driver'; exit 9", Map.of()).err())
        .startsWith("gpu-discovery: nvidia-smi failed on ")
        .endsWith(": no driver\n");
    assertThat(run(TWO, Map.of("CUDA_VISIBLE_DEVICES", "")).err())
        .startsWith("gpu-discovery: CUDA_VISIBLE_DEVICES='' names no GPU of ");
    Path empty = Files.createDirectories(folder.resolve("empty"));
    for (String tool : List.of("bash", "hostname")) {
      Path real = Path.of("/bin", tool);
      Files.createSymbolicLink(empty.resolve(tool), real);
    }
    Shell.Outcome missing =
        new Shell(folder).run(Map.of("PATH", empty.toString()), List.of("deploy/gpu-discovery.sh"));
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err())
        .startsWith("gpu-discovery: There is no nvidia-smi on ")
        .endsWith("; install NVIDIA's driver, or do not ask for GPUs here.\n");
  }

  private List<String> addresses(String smi, Map<String, String> environment) throws Exception {
    Shell.Outcome outcome = run(smi, environment);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    Config answer = ConfigFactory.parseString(outcome.out());
    assertThat(answer.getString("name")).isEqualTo("gpu");
    return answer.getStringList("addresses");
  }

  private Shell.Outcome run(String smi, Map<String, String> environment) throws Exception {
    Shell.script(folder.resolve("bin/nvidia-smi"), smi);
    Map<String, String> all = new HashMap<>(environment);
    all.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    return new Shell(folder).run(all, List.of("deploy/gpu-discovery.sh"));
  }
}
