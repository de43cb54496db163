package io.stablesr.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import io.stablesr.parity.PublishedGeometry.Prepared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedGeometryTest {
  private static final String DDPM = "sr_val_ddpm_text_T_vqganfin_";
  private static final String DDIM = "sr_val_ddim_text_T_negativeprompt";

  /** The row with 100x151 is the recorded defect of the script: 400x604 would be right. */
  @ParameterizedTest
  @CsvSource({
    "oldcanvas_tile.py,128,128,4,512,512,512,512",
    "oldcanvas_tile.py,100,151,4,544,800,425,625",
    "oldcanvas_tile.py,160,144,4,640,576,640,576",
    "oldcanvas_tile.py,130,128,4,544,544,520,512",
    "oldcanvas.py,70,205,4,512,800,256,800",
    "oldcanvas.py,131,128,2.5,512,512,320,320",
    "old.py,100,151,4,512,512,512,512"
  })
  void sizesFollowTheScripts(
      String script,
      int height,
      int width,
      String upscale,
      int modelHeight,
      int modelWidth,
      int outHeight,
      int outWidth) {
    ScriptArguments arguments = new ScriptArguments(DDPM + script, "--upscale " + upscale);
    Prepared prepared =
        arguments.geometry().prepare(FloatTensor.zeros(3, height, width), arguments);
    assertThat(prepared.model().shape()).containsExactly(3, modelHeight, modelWidth);
    FloatTensor decoded = FloatTensor.zeros(prepared.style().shape());
    assertThat(prepared.restore().apply(decoded).shape()).containsExactly(3, outHeight, outWidth);
  }

  @Test
  void ddimCanvasFloorsToThirtyTwoAndPadsNothing() {
    ScriptArguments arguments = new ScriptArguments(DDIM + "_canvas.py", "--ddim_steps 5");
    FloatTensor picture = FloatTensor.zeros(3, 150, 170);
    assertThat(arguments.geometry().prepare(picture, arguments).model().shape())
        .containsExactly(3, 512, 640);
  }

  @Test
  void argumentsThatAreAbsentHaveTheDefaultsOfTheScript() {
    ScriptArguments ddim = new ScriptArguments(DDIM + ".py", "--use_negative_prompt --dec_w 0");
    assertThat(ddim.ddim()).isTrue();
    assertThat(ddim.geometry()).isEqualTo(PublishedGeometry.SQUARE);
    assertThat(ddim.steps()).isEqualTo(50);
    assertThat(ddim.guidanceScale()).isEqualTo(7);
    assertThat(ddim.fusionWeight()).isZero();
    assertThat(ddim.prompt()).isEmpty();
    ScriptArguments ddpm = new ScriptArguments(DDPM + "old.py", "--colorfix_type wavelet");
    assertThat(ddpm.guidanceScale()).isEqualTo(1);
    assertThat(ddpm.steps()).isEqualTo(1000);
    assertThat(ddpm.samples()).isEqualTo(2);
    assertThat(ddpm.colorFix()).isEqualTo(io.stablesr.image.ColorFix.WAVELET);
  }

  @Test
  void otherScriptsAreNotReproduced() {
    assertThat(ScriptArguments.geometry(DDPM + "facerefersampling.py")).isEmpty();
  }
}
