package io.stablesr.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.Precision;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Scripts of which no recording is at hand run through on made-up inputs, read every draw and give
 * pictures of the scripts' size; only values cannot be judged.
 */
class ScriptReplayerTest {
  private static final String DDPM = "sr_val_ddpm_text_T_vqganfin_old";
  private static final String DDIM = "sr_val_ddim_text_T_negativeprompt";

  @TempDir private Path temporary;

  /**
   * Columns: script, arguments, images, calls, images in a call, latent rows and columns of a call,
   * draws in a call, result rows and columns.
   */
  @ParameterizedTest
  @CsvSource({
    DDPM + ".py,--ddpm_steps 2 --colorfix_type wavelet,2,1,2,8,8,5,64,64",
    DDPM + "canvas.py,--ddpm_steps 2 --upscale 2 --colorfix_type adain,1,1,1,8,16,4,48,128",
    DDPM
        + "canvas_tile.py,--ddpm_steps 2 --vqgantile_size 64 --vqgantile_stride 48"
        + " --upscale 2,1,3,1,8,8,4,64,128",
    DDIM + ".py,--ddim_steps 2 --use_negative_prompt --dec_w 0,1,1,1,8,8,5,64,64",
    DDIM + "_canvas.py,--ddim_steps 2 --upscale 2 --use_posi_prompt,1,1,1,8,16,5,64,128",
    DDIM + "_canvas_tile.py,--ddim_steps 2 --upscale 2 --ddim_eta 1,1,1,1,8,16,5,64,128",
  })
  void scriptsRunThrough(
      String script,
      String arguments,
      int images,
      int calls,
      int batch,
      int rows,
      int columns,
      int draws,
      int height,
      int width) {
    boolean floored = script.endsWith("canvas.py") && script.contains("ddpm");
    int[] input = {floored ? 27 : 32, 64};
    SafetensorsWriter writer =
        new SafetensorsWriter(
            Map.of("script", script, "args", arguments + " --input_size 64 --tile_overlap 4"));
    for (int i = 0; i < images; i++) {
      bytes(writer, "lr_u8/" + i, input[0], input[1]);
      bytes(writer, "out_u8/0%d.png".formatted(i), height, width);
    }
    Random random = new Random(5);
    for (int i = 0; i < calls * draws; i++) {
      FloatTensor noise = FloatTensor.zeros(batch, 4, rows, columns);
      for (int k = 0; k < noise.size(); k++) {
        noise.data()[k] = (float) random.nextGaussian();
      }
      writer.add("randn/%03d".formatted(i), noise, ElementType.F32);
    }
    for (int call = 0; call < calls; call++) {
      FloatTensor latent = FloatTensor.zeros(batch, 4, rows, columns);
      writer.add("init_latent/" + call, latent, ElementType.F32);
    }
    writer.write(temporary.resolve("15_made_up.safetensors"));
    GoldenFolder folder =
        new GoldenFolder(temporary)
            .link("config.json", "stablesr_tiny.ckpt", "vqgan_cfw_tiny.ckpt");
    ParityOptions options = new ParityOptions(folder.path(), Precision.FP32, 1, Set.of("15"));
    ParityReport report =
        new ParityRun(Replayers.standard(), System::nanoTime).run(options, file -> {});
    FileResult result = report.files().get(0);
    assertThat(result.message()).isEmpty();
    assertThat(result.omissions()).isEmpty();
    List<TensorCheck> checks = result.checks();
    assertThat(checks).hasSize(images + calls).extracting(TensorCheck::note).containsOnly("");
  }

  private static void bytes(SafetensorsWriter writer, String name, int height, int width) {
    byte[] values = new byte[height * width * 3];
    new Random(3).nextBytes(values);
    writer.add(name, ElementType.U8, new long[] {height, width, 3}, () -> ByteBuffer.wrap(values));
  }
}
