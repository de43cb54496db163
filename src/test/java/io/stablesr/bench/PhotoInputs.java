package io.stablesr.bench;

import io.stablesr.testing.ClusterProcesses;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Many small photographs: cut from those in the test jar of TwelveMonkeys' WebP plug-in. */
final class PhotoInputs {
  private static final List<String> PHOTOGRAPHS = List.of("webp/1.webp", "webp/5.webp");

  private PhotoInputs() {}

  /** Uploads {@code in/p0000.png} and so on, 24 to 48 pixels a side, to a new bucket. */
  static void write(URI endpoint, String bucket, int count, long seed) throws IOException {
    try (S3Client client =
        S3Client.builder()
            .endpointOverride(endpoint)
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(
                        ClusterProcesses.ACCESS_KEY, ClusterProcesses.SECRET_KEY)))
            .build()) {
      client.createBucket(request -> request.bucket(bucket));
      upload(client, bucket, count, seed);
    }
  }

  private static void upload(S3Client client, String bucket, int count, long seed)
      throws IOException {
    for (Map.Entry<String, byte[]> file : photographs(count, new Sides(24, 48), seed).entrySet()) {
      client.putObject(
          request -> request.bucket(bucket).key("in/" + file.getKey()),
          RequestBody.fromBytes(file.getValue()));
    }
  }

  /** Bounds of width and height in pixels, both included. */
  record Sides(int least, int most) {}

  /** PNG files {@code p0000.png} and so on. */
  static Map<String, byte[]> photographs(int count, Sides sides, long seed) throws IOException {
    List<BufferedImage> photographs = new ArrayList<>();
    for (String name : PHOTOGRAPHS) {
      try (InputStream stream = PhotoInputs.class.getClassLoader().getResourceAsStream(name)) {
        photographs.add(ImageIO.read(stream));
      }
    }
    Random random = new Random(seed);
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      BufferedImage photograph = photographs.get(i % photographs.size());
      int width = sides.least() + random.nextInt(sides.most() - sides.least() + 1);
      int height = sides.least() + random.nextInt(sides.most() - sides.least() + 1);
      BufferedImage part =
          photograph.getSubimage(
              random.nextInt(photograph.getWidth() - width),
              random.nextInt(photograph.getHeight() - height),
              width,
              height);
      BufferedImage copy = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
      copy.createGraphics().drawImage(part, 0, 0, null);
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(copy, "png", png);
      files.put("p%04d.png".formatted(i), png.toByteArray());
    }
    return files;
  }
}
