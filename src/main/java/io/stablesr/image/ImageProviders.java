package io.stablesr.image;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.IOException;
import java.util.Iterator;
import java.util.function.Supplier;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.spi.ImageWriterSpi;

/**
 * Readers and writers by class. The look-up by format name of ImageIO depends on which class loader
 * scanned for plug-ins first, which on a Spark executor is not the one with the application's jars.
 */
final class ImageProviders {
  private ImageProviders() {}

  static ImageReader reader(ImageFormat format) throws IOException {
    return readerSpi(format).createReaderInstance();
  }

  /** The JDK's writer, for instance for {@code jpeg}. */
  static ImageWriter writer(String format) throws IOException {
    return jdkProvider(ImageWriterSpi.class, format).createWriterInstance();
  }

  private static ImageReaderSpi readerSpi(ImageFormat format) {
    return switch (format) {
      case JPEG -> registered(JPEGImageReaderSpi.class, JPEGImageReaderSpi::new);
      case TIFF -> registered(TIFFImageReaderSpi.class, TIFFImageReaderSpi::new);
      case WEBP -> registered(WebPImageReaderSpi.class, WebPImageReaderSpi::new);
      case PNG -> jdkProvider(ImageReaderSpi.class, "png");
      case BMP -> jdkProvider(ImageReaderSpi.class, "bmp");
      case GIF -> jdkProvider(ImageReaderSpi.class, "gif");
    };
  }

  /** Registering gives the JPEG provider the JDK's codec, which it delegates to. */
  private static <S extends ImageReaderSpi> S registered(Class<S> type, Supplier<S> maker) {
    synchronized (ImageProviders.class) {
      IIORegistry registry = IIORegistry.getDefaultInstance();
      S found = registry.getServiceProviderByClass(type);
      if (found == null) {
        registry.registerServiceProvider(maker.get(), ImageReaderSpi.class);
        found = registry.getServiceProviderByClass(type);
      }
      return found;
    }
  }

  private static <S> S jdkProvider(Class<S> category, String format) {
    String prefix = "com.sun.imageio.plugins." + format + ".";
    synchronized (ImageProviders.class) {
      Iterator<S> providers =
          IIORegistry.getDefaultInstance()
              .getServiceProviders(
                  category, provider -> provider.getClass().getName().startsWith(prefix), false);
      if (!providers.hasNext()) {
        throw new IllegalStateException("This Java runtime has no image codec for " + format);
      }
      return providers.next();
    }
  }
}
