package io.stablesr.jmh;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.TorchResize;
import io.stablesr.metric.MetricColor;
import io.stablesr.metric.Niqe;
import io.stablesr.metric.NiqeModel;
import io.stablesr.metric.Psnr;
import io.stablesr.metric.Ssim;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The metrics that need no network, of luma and without a border. */
public class MetricBenchmark extends Averages {
  /** Side of the square picture in pixels. */
  @Param("512")
  private int sidePixels;

  private final Psnr psnr = new Psnr(MetricColor.YCBCR_LUMA, 0);
  private final Ssim ssim = new Ssim(MetricColor.YCBCR_LUMA, 0);
  private Niqe niqe;
  private FloatTensor truth;
  private FloatTensor picture;

  /** Makes a picture and what is left of it after reducing and enlarging by 4. */
  @Setup
  public void prepare() throws IOException {
    niqe = new Niqe(NiqeModel.free());
    truth = Photograph.middle(sidePixels);
    picture =
        TorchResize.bicubic(
            TorchResize.area(truth, sidePixels / 4, sidePixels / 4), sidePixels, sidePixels);
  }

  /** Peak signal to noise ratio. */
  @Benchmark
  public double psnr() {
    return psnr.score(picture, truth);
  }

  /** Structural similarity. */
  @Benchmark
  public double ssim() {
    return ssim.score(picture, truth);
  }

  /** The metric without a reference, by the free model. */
  @Benchmark
  public double niqe() {
    return niqe.score(picture);
  }
}
