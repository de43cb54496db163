package io.stablesr.spark;

import org.gaul.s3proxy.junit.S3ProxyExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Makes buckets and clients for them. */
final class S3Buckets {
  private S3Buckets() {}

  static void create(S3ProxyExtension server, String bucket) {
    try (S3Client client = client(server)) {
      client.createBucket(request -> request.bucket(bucket));
    }
  }

  static S3Client client(S3ProxyExtension server) {
    return S3Client.builder()
        .endpointOverride(server.getUri())
        .forcePathStyle(true)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(server.getAccessKey(), server.getSecretKey())))
        .build();
  }
}
