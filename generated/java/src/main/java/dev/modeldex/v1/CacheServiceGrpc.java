package dev.modeldex.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * CacheService is a store of model entries for services of any language, and the view on what is held in memory, in Redis
 * and in PostgreSQL.
 * It promises, on every replica:
 * - read your write: once a set, a deletion or an invalidation is acknowledged, nobody on that replica is answered from
 *   before it; on the others after at most a second;
 * - versions decide: a copy that is late never takes the place of a newer one, however slow a tier is;
 * - one load: who asks for what is being read waits for that reading, and who goes away stops nobody else's;
 * - Redis is a helper: slow, away, full or wrong, it costs time and nothing else;
 * - nothing is lost: an invalidation is in force whole or not at all, and none is dropped because another runs.
 * A replica that cannot reach PostgreSQL answers callers' entries for at most a second more; models of the catalogue that
 * it holds it goes on answering, for a version never changes.
 * Fields called `namespace` default to "catalogue" where an entry is read. Callers see the keys of the providers that they
 * have a right to; others are to them as if they did not exist, and of invalidations they are told those by a key or a
 * provider of theirs. Every method can fail with UNAUTHENTICATED,
 * PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED),
 * DEADLINE_EXCEEDED and UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY; where it writes also COMMIT_UNKNOWN,
 * WRITE_CONTENTION); those that read the catalogue also with UNAVAILABLE (REVISION_NOT_REACHED).
 * Those that set or delete need a writer and fail for the namespace "catalogue" with
 * FAILED_PRECONDITION (NAMESPACE_READ_ONLY). Those that invalidate, clear, clean up or change rules need an admin with a
 * right to all providers. All can be sent again without harm.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class CacheServiceGrpc {

  private CacheServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "modeldex.v1.CacheService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetEntryRequest,
      dev.modeldex.v1.GetEntryResponse> getGetEntryMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetEntry",
      requestType = dev.modeldex.v1.GetEntryRequest.class,
      responseType = dev.modeldex.v1.GetEntryResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetEntryRequest,
      dev.modeldex.v1.GetEntryResponse> getGetEntryMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetEntryRequest, dev.modeldex.v1.GetEntryResponse> getGetEntryMethod;
    if ((getGetEntryMethod = CacheServiceGrpc.getGetEntryMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getGetEntryMethod = CacheServiceGrpc.getGetEntryMethod) == null) {
          CacheServiceGrpc.getGetEntryMethod = getGetEntryMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetEntryRequest, dev.modeldex.v1.GetEntryResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetEntry"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetEntryRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetEntryResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("GetEntry"))
              .build();
        }
      }
    }
    return getGetEntryMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.BatchGetEntriesRequest,
      dev.modeldex.v1.BatchGetEntriesResponse> getBatchGetEntriesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchGetEntries",
      requestType = dev.modeldex.v1.BatchGetEntriesRequest.class,
      responseType = dev.modeldex.v1.BatchGetEntriesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.BatchGetEntriesRequest,
      dev.modeldex.v1.BatchGetEntriesResponse> getBatchGetEntriesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.BatchGetEntriesRequest, dev.modeldex.v1.BatchGetEntriesResponse> getBatchGetEntriesMethod;
    if ((getBatchGetEntriesMethod = CacheServiceGrpc.getBatchGetEntriesMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getBatchGetEntriesMethod = CacheServiceGrpc.getBatchGetEntriesMethod) == null) {
          CacheServiceGrpc.getBatchGetEntriesMethod = getBatchGetEntriesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.BatchGetEntriesRequest, dev.modeldex.v1.BatchGetEntriesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchGetEntries"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.BatchGetEntriesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.BatchGetEntriesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("BatchGetEntries"))
              .build();
        }
      }
    }
    return getBatchGetEntriesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.HasEntryRequest,
      dev.modeldex.v1.HasEntryResponse> getHasEntryMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "HasEntry",
      requestType = dev.modeldex.v1.HasEntryRequest.class,
      responseType = dev.modeldex.v1.HasEntryResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.HasEntryRequest,
      dev.modeldex.v1.HasEntryResponse> getHasEntryMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.HasEntryRequest, dev.modeldex.v1.HasEntryResponse> getHasEntryMethod;
    if ((getHasEntryMethod = CacheServiceGrpc.getHasEntryMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getHasEntryMethod = CacheServiceGrpc.getHasEntryMethod) == null) {
          CacheServiceGrpc.getHasEntryMethod = getHasEntryMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.HasEntryRequest, dev.modeldex.v1.HasEntryResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "HasEntry"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.HasEntryRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.HasEntryResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("HasEntry"))
              .build();
        }
      }
    }
    return getHasEntryMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.SetEntryRequest,
      dev.modeldex.v1.SetEntryResponse> getSetEntryMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SetEntry",
      requestType = dev.modeldex.v1.SetEntryRequest.class,
      responseType = dev.modeldex.v1.SetEntryResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.SetEntryRequest,
      dev.modeldex.v1.SetEntryResponse> getSetEntryMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.SetEntryRequest, dev.modeldex.v1.SetEntryResponse> getSetEntryMethod;
    if ((getSetEntryMethod = CacheServiceGrpc.getSetEntryMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getSetEntryMethod = CacheServiceGrpc.getSetEntryMethod) == null) {
          CacheServiceGrpc.getSetEntryMethod = getSetEntryMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.SetEntryRequest, dev.modeldex.v1.SetEntryResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SetEntry"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.SetEntryRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.SetEntryResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("SetEntry"))
              .build();
        }
      }
    }
    return getSetEntryMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.BatchSetEntriesRequest,
      dev.modeldex.v1.BatchSetEntriesResponse> getBatchSetEntriesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchSetEntries",
      requestType = dev.modeldex.v1.BatchSetEntriesRequest.class,
      responseType = dev.modeldex.v1.BatchSetEntriesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.BatchSetEntriesRequest,
      dev.modeldex.v1.BatchSetEntriesResponse> getBatchSetEntriesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.BatchSetEntriesRequest, dev.modeldex.v1.BatchSetEntriesResponse> getBatchSetEntriesMethod;
    if ((getBatchSetEntriesMethod = CacheServiceGrpc.getBatchSetEntriesMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getBatchSetEntriesMethod = CacheServiceGrpc.getBatchSetEntriesMethod) == null) {
          CacheServiceGrpc.getBatchSetEntriesMethod = getBatchSetEntriesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.BatchSetEntriesRequest, dev.modeldex.v1.BatchSetEntriesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchSetEntries"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.BatchSetEntriesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.BatchSetEntriesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("BatchSetEntries"))
              .build();
        }
      }
    }
    return getBatchSetEntriesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteEntryRequest,
      dev.modeldex.v1.DeleteEntryResponse> getDeleteEntryMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteEntry",
      requestType = dev.modeldex.v1.DeleteEntryRequest.class,
      responseType = dev.modeldex.v1.DeleteEntryResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteEntryRequest,
      dev.modeldex.v1.DeleteEntryResponse> getDeleteEntryMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteEntryRequest, dev.modeldex.v1.DeleteEntryResponse> getDeleteEntryMethod;
    if ((getDeleteEntryMethod = CacheServiceGrpc.getDeleteEntryMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getDeleteEntryMethod = CacheServiceGrpc.getDeleteEntryMethod) == null) {
          CacheServiceGrpc.getDeleteEntryMethod = getDeleteEntryMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.DeleteEntryRequest, dev.modeldex.v1.DeleteEntryResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteEntry"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.DeleteEntryRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.DeleteEntryResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("DeleteEntry"))
              .build();
        }
      }
    }
    return getDeleteEntryMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.BatchDeleteEntriesRequest,
      dev.modeldex.v1.BatchDeleteEntriesResponse> getBatchDeleteEntriesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchDeleteEntries",
      requestType = dev.modeldex.v1.BatchDeleteEntriesRequest.class,
      responseType = dev.modeldex.v1.BatchDeleteEntriesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.BatchDeleteEntriesRequest,
      dev.modeldex.v1.BatchDeleteEntriesResponse> getBatchDeleteEntriesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.BatchDeleteEntriesRequest, dev.modeldex.v1.BatchDeleteEntriesResponse> getBatchDeleteEntriesMethod;
    if ((getBatchDeleteEntriesMethod = CacheServiceGrpc.getBatchDeleteEntriesMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getBatchDeleteEntriesMethod = CacheServiceGrpc.getBatchDeleteEntriesMethod) == null) {
          CacheServiceGrpc.getBatchDeleteEntriesMethod = getBatchDeleteEntriesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.BatchDeleteEntriesRequest, dev.modeldex.v1.BatchDeleteEntriesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchDeleteEntries"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.BatchDeleteEntriesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.BatchDeleteEntriesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("BatchDeleteEntries"))
              .build();
        }
      }
    }
    return getBatchDeleteEntriesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListEntriesRequest,
      dev.modeldex.v1.ListEntriesResponse> getListEntriesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListEntries",
      requestType = dev.modeldex.v1.ListEntriesRequest.class,
      responseType = dev.modeldex.v1.ListEntriesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListEntriesRequest,
      dev.modeldex.v1.ListEntriesResponse> getListEntriesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListEntriesRequest, dev.modeldex.v1.ListEntriesResponse> getListEntriesMethod;
    if ((getListEntriesMethod = CacheServiceGrpc.getListEntriesMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getListEntriesMethod = CacheServiceGrpc.getListEntriesMethod) == null) {
          CacheServiceGrpc.getListEntriesMethod = getListEntriesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListEntriesRequest, dev.modeldex.v1.ListEntriesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListEntries"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListEntriesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListEntriesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("ListEntries"))
              .build();
        }
      }
    }
    return getListEntriesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.CountEntriesRequest,
      dev.modeldex.v1.CountEntriesResponse> getCountEntriesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CountEntries",
      requestType = dev.modeldex.v1.CountEntriesRequest.class,
      responseType = dev.modeldex.v1.CountEntriesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.CountEntriesRequest,
      dev.modeldex.v1.CountEntriesResponse> getCountEntriesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.CountEntriesRequest, dev.modeldex.v1.CountEntriesResponse> getCountEntriesMethod;
    if ((getCountEntriesMethod = CacheServiceGrpc.getCountEntriesMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getCountEntriesMethod = CacheServiceGrpc.getCountEntriesMethod) == null) {
          CacheServiceGrpc.getCountEntriesMethod = getCountEntriesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.CountEntriesRequest, dev.modeldex.v1.CountEntriesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CountEntries"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CountEntriesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CountEntriesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("CountEntries"))
              .build();
        }
      }
    }
    return getCountEntriesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetEntryTtlRequest,
      dev.modeldex.v1.GetEntryTtlResponse> getGetEntryTtlMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetEntryTtl",
      requestType = dev.modeldex.v1.GetEntryTtlRequest.class,
      responseType = dev.modeldex.v1.GetEntryTtlResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetEntryTtlRequest,
      dev.modeldex.v1.GetEntryTtlResponse> getGetEntryTtlMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetEntryTtlRequest, dev.modeldex.v1.GetEntryTtlResponse> getGetEntryTtlMethod;
    if ((getGetEntryTtlMethod = CacheServiceGrpc.getGetEntryTtlMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getGetEntryTtlMethod = CacheServiceGrpc.getGetEntryTtlMethod) == null) {
          CacheServiceGrpc.getGetEntryTtlMethod = getGetEntryTtlMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetEntryTtlRequest, dev.modeldex.v1.GetEntryTtlResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetEntryTtl"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetEntryTtlRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetEntryTtlResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("GetEntryTtl"))
              .build();
        }
      }
    }
    return getGetEntryTtlMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.SetEntryTtlRequest,
      dev.modeldex.v1.SetEntryTtlResponse> getSetEntryTtlMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SetEntryTtl",
      requestType = dev.modeldex.v1.SetEntryTtlRequest.class,
      responseType = dev.modeldex.v1.SetEntryTtlResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.SetEntryTtlRequest,
      dev.modeldex.v1.SetEntryTtlResponse> getSetEntryTtlMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.SetEntryTtlRequest, dev.modeldex.v1.SetEntryTtlResponse> getSetEntryTtlMethod;
    if ((getSetEntryTtlMethod = CacheServiceGrpc.getSetEntryTtlMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getSetEntryTtlMethod = CacheServiceGrpc.getSetEntryTtlMethod) == null) {
          CacheServiceGrpc.getSetEntryTtlMethod = getSetEntryTtlMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.SetEntryTtlRequest, dev.modeldex.v1.SetEntryTtlResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SetEntryTtl"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.SetEntryTtlRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.SetEntryTtlResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("SetEntryTtl"))
              .build();
        }
      }
    }
    return getSetEntryTtlMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.RefreshEntryRequest,
      dev.modeldex.v1.RefreshEntryResponse> getRefreshEntryMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RefreshEntry",
      requestType = dev.modeldex.v1.RefreshEntryRequest.class,
      responseType = dev.modeldex.v1.RefreshEntryResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.RefreshEntryRequest,
      dev.modeldex.v1.RefreshEntryResponse> getRefreshEntryMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.RefreshEntryRequest, dev.modeldex.v1.RefreshEntryResponse> getRefreshEntryMethod;
    if ((getRefreshEntryMethod = CacheServiceGrpc.getRefreshEntryMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getRefreshEntryMethod = CacheServiceGrpc.getRefreshEntryMethod) == null) {
          CacheServiceGrpc.getRefreshEntryMethod = getRefreshEntryMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.RefreshEntryRequest, dev.modeldex.v1.RefreshEntryResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RefreshEntry"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RefreshEntryRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RefreshEntryResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("RefreshEntry"))
              .build();
        }
      }
    }
    return getRefreshEntryMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.RefreshProviderEntriesRequest,
      dev.modeldex.v1.RefreshProviderEntriesResponse> getRefreshProviderEntriesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RefreshProviderEntries",
      requestType = dev.modeldex.v1.RefreshProviderEntriesRequest.class,
      responseType = dev.modeldex.v1.RefreshProviderEntriesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.RefreshProviderEntriesRequest,
      dev.modeldex.v1.RefreshProviderEntriesResponse> getRefreshProviderEntriesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.RefreshProviderEntriesRequest, dev.modeldex.v1.RefreshProviderEntriesResponse> getRefreshProviderEntriesMethod;
    if ((getRefreshProviderEntriesMethod = CacheServiceGrpc.getRefreshProviderEntriesMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getRefreshProviderEntriesMethod = CacheServiceGrpc.getRefreshProviderEntriesMethod) == null) {
          CacheServiceGrpc.getRefreshProviderEntriesMethod = getRefreshProviderEntriesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.RefreshProviderEntriesRequest, dev.modeldex.v1.RefreshProviderEntriesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RefreshProviderEntries"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RefreshProviderEntriesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RefreshProviderEntriesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("RefreshProviderEntries"))
              .build();
        }
      }
    }
    return getRefreshProviderEntriesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ClearCacheRequest,
      dev.modeldex.v1.ClearCacheResponse> getClearCacheMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ClearCache",
      requestType = dev.modeldex.v1.ClearCacheRequest.class,
      responseType = dev.modeldex.v1.ClearCacheResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ClearCacheRequest,
      dev.modeldex.v1.ClearCacheResponse> getClearCacheMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ClearCacheRequest, dev.modeldex.v1.ClearCacheResponse> getClearCacheMethod;
    if ((getClearCacheMethod = CacheServiceGrpc.getClearCacheMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getClearCacheMethod = CacheServiceGrpc.getClearCacheMethod) == null) {
          CacheServiceGrpc.getClearCacheMethod = getClearCacheMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ClearCacheRequest, dev.modeldex.v1.ClearCacheResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ClearCache"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ClearCacheRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ClearCacheResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("ClearCache"))
              .build();
        }
      }
    }
    return getClearCacheMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.CleanupCacheRequest,
      dev.modeldex.v1.CleanupCacheResponse> getCleanupCacheMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CleanupCache",
      requestType = dev.modeldex.v1.CleanupCacheRequest.class,
      responseType = dev.modeldex.v1.CleanupCacheResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.CleanupCacheRequest,
      dev.modeldex.v1.CleanupCacheResponse> getCleanupCacheMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.CleanupCacheRequest, dev.modeldex.v1.CleanupCacheResponse> getCleanupCacheMethod;
    if ((getCleanupCacheMethod = CacheServiceGrpc.getCleanupCacheMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getCleanupCacheMethod = CacheServiceGrpc.getCleanupCacheMethod) == null) {
          CacheServiceGrpc.getCleanupCacheMethod = getCleanupCacheMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.CleanupCacheRequest, dev.modeldex.v1.CleanupCacheResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CleanupCache"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CleanupCacheRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CleanupCacheResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("CleanupCache"))
              .build();
        }
      }
    }
    return getCleanupCacheMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetCacheStatsRequest,
      dev.modeldex.v1.GetCacheStatsResponse> getGetCacheStatsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCacheStats",
      requestType = dev.modeldex.v1.GetCacheStatsRequest.class,
      responseType = dev.modeldex.v1.GetCacheStatsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetCacheStatsRequest,
      dev.modeldex.v1.GetCacheStatsResponse> getGetCacheStatsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetCacheStatsRequest, dev.modeldex.v1.GetCacheStatsResponse> getGetCacheStatsMethod;
    if ((getGetCacheStatsMethod = CacheServiceGrpc.getGetCacheStatsMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getGetCacheStatsMethod = CacheServiceGrpc.getGetCacheStatsMethod) == null) {
          CacheServiceGrpc.getGetCacheStatsMethod = getGetCacheStatsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetCacheStatsRequest, dev.modeldex.v1.GetCacheStatsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCacheStats"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetCacheStatsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetCacheStatsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("GetCacheStats"))
              .build();
        }
      }
    }
    return getGetCacheStatsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.WatchCacheEventsRequest,
      dev.modeldex.v1.WatchCacheEventsResponse> getWatchCacheEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchCacheEvents",
      requestType = dev.modeldex.v1.WatchCacheEventsRequest.class,
      responseType = dev.modeldex.v1.WatchCacheEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.WatchCacheEventsRequest,
      dev.modeldex.v1.WatchCacheEventsResponse> getWatchCacheEventsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.WatchCacheEventsRequest, dev.modeldex.v1.WatchCacheEventsResponse> getWatchCacheEventsMethod;
    if ((getWatchCacheEventsMethod = CacheServiceGrpc.getWatchCacheEventsMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getWatchCacheEventsMethod = CacheServiceGrpc.getWatchCacheEventsMethod) == null) {
          CacheServiceGrpc.getWatchCacheEventsMethod = getWatchCacheEventsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.WatchCacheEventsRequest, dev.modeldex.v1.WatchCacheEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchCacheEvents"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchCacheEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchCacheEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("WatchCacheEvents"))
              .build();
        }
      }
    }
    return getWatchCacheEventsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.InvalidateRequest,
      dev.modeldex.v1.InvalidateResponse> getInvalidateMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Invalidate",
      requestType = dev.modeldex.v1.InvalidateRequest.class,
      responseType = dev.modeldex.v1.InvalidateResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.InvalidateRequest,
      dev.modeldex.v1.InvalidateResponse> getInvalidateMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.InvalidateRequest, dev.modeldex.v1.InvalidateResponse> getInvalidateMethod;
    if ((getInvalidateMethod = CacheServiceGrpc.getInvalidateMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getInvalidateMethod = CacheServiceGrpc.getInvalidateMethod) == null) {
          CacheServiceGrpc.getInvalidateMethod = getInvalidateMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.InvalidateRequest, dev.modeldex.v1.InvalidateResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Invalidate"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.InvalidateRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.InvalidateResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("Invalidate"))
              .build();
        }
      }
    }
    return getInvalidateMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListInvalidationStrategiesRequest,
      dev.modeldex.v1.ListInvalidationStrategiesResponse> getListInvalidationStrategiesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListInvalidationStrategies",
      requestType = dev.modeldex.v1.ListInvalidationStrategiesRequest.class,
      responseType = dev.modeldex.v1.ListInvalidationStrategiesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListInvalidationStrategiesRequest,
      dev.modeldex.v1.ListInvalidationStrategiesResponse> getListInvalidationStrategiesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListInvalidationStrategiesRequest, dev.modeldex.v1.ListInvalidationStrategiesResponse> getListInvalidationStrategiesMethod;
    if ((getListInvalidationStrategiesMethod = CacheServiceGrpc.getListInvalidationStrategiesMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getListInvalidationStrategiesMethod = CacheServiceGrpc.getListInvalidationStrategiesMethod) == null) {
          CacheServiceGrpc.getListInvalidationStrategiesMethod = getListInvalidationStrategiesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListInvalidationStrategiesRequest, dev.modeldex.v1.ListInvalidationStrategiesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListInvalidationStrategies"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListInvalidationStrategiesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListInvalidationStrategiesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("ListInvalidationStrategies"))
              .build();
        }
      }
    }
    return getListInvalidationStrategiesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.CreateInvalidationRuleRequest,
      dev.modeldex.v1.CreateInvalidationRuleResponse> getCreateInvalidationRuleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateInvalidationRule",
      requestType = dev.modeldex.v1.CreateInvalidationRuleRequest.class,
      responseType = dev.modeldex.v1.CreateInvalidationRuleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.CreateInvalidationRuleRequest,
      dev.modeldex.v1.CreateInvalidationRuleResponse> getCreateInvalidationRuleMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.CreateInvalidationRuleRequest, dev.modeldex.v1.CreateInvalidationRuleResponse> getCreateInvalidationRuleMethod;
    if ((getCreateInvalidationRuleMethod = CacheServiceGrpc.getCreateInvalidationRuleMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getCreateInvalidationRuleMethod = CacheServiceGrpc.getCreateInvalidationRuleMethod) == null) {
          CacheServiceGrpc.getCreateInvalidationRuleMethod = getCreateInvalidationRuleMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.CreateInvalidationRuleRequest, dev.modeldex.v1.CreateInvalidationRuleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateInvalidationRule"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CreateInvalidationRuleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CreateInvalidationRuleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("CreateInvalidationRule"))
              .build();
        }
      }
    }
    return getCreateInvalidationRuleMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetInvalidationRuleRequest,
      dev.modeldex.v1.GetInvalidationRuleResponse> getGetInvalidationRuleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetInvalidationRule",
      requestType = dev.modeldex.v1.GetInvalidationRuleRequest.class,
      responseType = dev.modeldex.v1.GetInvalidationRuleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetInvalidationRuleRequest,
      dev.modeldex.v1.GetInvalidationRuleResponse> getGetInvalidationRuleMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetInvalidationRuleRequest, dev.modeldex.v1.GetInvalidationRuleResponse> getGetInvalidationRuleMethod;
    if ((getGetInvalidationRuleMethod = CacheServiceGrpc.getGetInvalidationRuleMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getGetInvalidationRuleMethod = CacheServiceGrpc.getGetInvalidationRuleMethod) == null) {
          CacheServiceGrpc.getGetInvalidationRuleMethod = getGetInvalidationRuleMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetInvalidationRuleRequest, dev.modeldex.v1.GetInvalidationRuleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetInvalidationRule"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetInvalidationRuleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetInvalidationRuleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("GetInvalidationRule"))
              .build();
        }
      }
    }
    return getGetInvalidationRuleMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListInvalidationRulesRequest,
      dev.modeldex.v1.ListInvalidationRulesResponse> getListInvalidationRulesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListInvalidationRules",
      requestType = dev.modeldex.v1.ListInvalidationRulesRequest.class,
      responseType = dev.modeldex.v1.ListInvalidationRulesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListInvalidationRulesRequest,
      dev.modeldex.v1.ListInvalidationRulesResponse> getListInvalidationRulesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListInvalidationRulesRequest, dev.modeldex.v1.ListInvalidationRulesResponse> getListInvalidationRulesMethod;
    if ((getListInvalidationRulesMethod = CacheServiceGrpc.getListInvalidationRulesMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getListInvalidationRulesMethod = CacheServiceGrpc.getListInvalidationRulesMethod) == null) {
          CacheServiceGrpc.getListInvalidationRulesMethod = getListInvalidationRulesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListInvalidationRulesRequest, dev.modeldex.v1.ListInvalidationRulesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListInvalidationRules"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListInvalidationRulesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListInvalidationRulesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("ListInvalidationRules"))
              .build();
        }
      }
    }
    return getListInvalidationRulesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.UpdateInvalidationRuleRequest,
      dev.modeldex.v1.UpdateInvalidationRuleResponse> getUpdateInvalidationRuleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateInvalidationRule",
      requestType = dev.modeldex.v1.UpdateInvalidationRuleRequest.class,
      responseType = dev.modeldex.v1.UpdateInvalidationRuleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.UpdateInvalidationRuleRequest,
      dev.modeldex.v1.UpdateInvalidationRuleResponse> getUpdateInvalidationRuleMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.UpdateInvalidationRuleRequest, dev.modeldex.v1.UpdateInvalidationRuleResponse> getUpdateInvalidationRuleMethod;
    if ((getUpdateInvalidationRuleMethod = CacheServiceGrpc.getUpdateInvalidationRuleMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getUpdateInvalidationRuleMethod = CacheServiceGrpc.getUpdateInvalidationRuleMethod) == null) {
          CacheServiceGrpc.getUpdateInvalidationRuleMethod = getUpdateInvalidationRuleMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.UpdateInvalidationRuleRequest, dev.modeldex.v1.UpdateInvalidationRuleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateInvalidationRule"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.UpdateInvalidationRuleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.UpdateInvalidationRuleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("UpdateInvalidationRule"))
              .build();
        }
      }
    }
    return getUpdateInvalidationRuleMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteInvalidationRuleRequest,
      dev.modeldex.v1.DeleteInvalidationRuleResponse> getDeleteInvalidationRuleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteInvalidationRule",
      requestType = dev.modeldex.v1.DeleteInvalidationRuleRequest.class,
      responseType = dev.modeldex.v1.DeleteInvalidationRuleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteInvalidationRuleRequest,
      dev.modeldex.v1.DeleteInvalidationRuleResponse> getDeleteInvalidationRuleMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteInvalidationRuleRequest, dev.modeldex.v1.DeleteInvalidationRuleResponse> getDeleteInvalidationRuleMethod;
    if ((getDeleteInvalidationRuleMethod = CacheServiceGrpc.getDeleteInvalidationRuleMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getDeleteInvalidationRuleMethod = CacheServiceGrpc.getDeleteInvalidationRuleMethod) == null) {
          CacheServiceGrpc.getDeleteInvalidationRuleMethod = getDeleteInvalidationRuleMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.DeleteInvalidationRuleRequest, dev.modeldex.v1.DeleteInvalidationRuleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteInvalidationRule"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.DeleteInvalidationRuleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.DeleteInvalidationRuleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("DeleteInvalidationRule"))
              .build();
        }
      }
    }
    return getDeleteInvalidationRuleMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.EvaluateInvalidationRuleRequest,
      dev.modeldex.v1.EvaluateInvalidationRuleResponse> getEvaluateInvalidationRuleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "EvaluateInvalidationRule",
      requestType = dev.modeldex.v1.EvaluateInvalidationRuleRequest.class,
      responseType = dev.modeldex.v1.EvaluateInvalidationRuleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.EvaluateInvalidationRuleRequest,
      dev.modeldex.v1.EvaluateInvalidationRuleResponse> getEvaluateInvalidationRuleMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.EvaluateInvalidationRuleRequest, dev.modeldex.v1.EvaluateInvalidationRuleResponse> getEvaluateInvalidationRuleMethod;
    if ((getEvaluateInvalidationRuleMethod = CacheServiceGrpc.getEvaluateInvalidationRuleMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getEvaluateInvalidationRuleMethod = CacheServiceGrpc.getEvaluateInvalidationRuleMethod) == null) {
          CacheServiceGrpc.getEvaluateInvalidationRuleMethod = getEvaluateInvalidationRuleMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.EvaluateInvalidationRuleRequest, dev.modeldex.v1.EvaluateInvalidationRuleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "EvaluateInvalidationRule"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.EvaluateInvalidationRuleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.EvaluateInvalidationRuleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("EvaluateInvalidationRule"))
              .build();
        }
      }
    }
    return getEvaluateInvalidationRuleMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListInvalidationsRequest,
      dev.modeldex.v1.ListInvalidationsResponse> getListInvalidationsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListInvalidations",
      requestType = dev.modeldex.v1.ListInvalidationsRequest.class,
      responseType = dev.modeldex.v1.ListInvalidationsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListInvalidationsRequest,
      dev.modeldex.v1.ListInvalidationsResponse> getListInvalidationsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListInvalidationsRequest, dev.modeldex.v1.ListInvalidationsResponse> getListInvalidationsMethod;
    if ((getListInvalidationsMethod = CacheServiceGrpc.getListInvalidationsMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getListInvalidationsMethod = CacheServiceGrpc.getListInvalidationsMethod) == null) {
          CacheServiceGrpc.getListInvalidationsMethod = getListInvalidationsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListInvalidationsRequest, dev.modeldex.v1.ListInvalidationsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListInvalidations"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListInvalidationsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListInvalidationsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("ListInvalidations"))
              .build();
        }
      }
    }
    return getListInvalidationsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetInvalidationStatsRequest,
      dev.modeldex.v1.GetInvalidationStatsResponse> getGetInvalidationStatsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetInvalidationStats",
      requestType = dev.modeldex.v1.GetInvalidationStatsRequest.class,
      responseType = dev.modeldex.v1.GetInvalidationStatsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetInvalidationStatsRequest,
      dev.modeldex.v1.GetInvalidationStatsResponse> getGetInvalidationStatsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetInvalidationStatsRequest, dev.modeldex.v1.GetInvalidationStatsResponse> getGetInvalidationStatsMethod;
    if ((getGetInvalidationStatsMethod = CacheServiceGrpc.getGetInvalidationStatsMethod) == null) {
      synchronized (CacheServiceGrpc.class) {
        if ((getGetInvalidationStatsMethod = CacheServiceGrpc.getGetInvalidationStatsMethod) == null) {
          CacheServiceGrpc.getGetInvalidationStatsMethod = getGetInvalidationStatsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetInvalidationStatsRequest, dev.modeldex.v1.GetInvalidationStatsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetInvalidationStats"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetInvalidationStatsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetInvalidationStatsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CacheServiceMethodDescriptorSupplier("GetInvalidationStats"))
              .build();
        }
      }
    }
    return getGetInvalidationStatsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static CacheServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CacheServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CacheServiceStub>() {
        @java.lang.Override
        public CacheServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CacheServiceStub(channel, callOptions);
        }
      };
    return CacheServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static CacheServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CacheServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CacheServiceBlockingV2Stub>() {
        @java.lang.Override
        public CacheServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CacheServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return CacheServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static CacheServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CacheServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CacheServiceBlockingStub>() {
        @java.lang.Override
        public CacheServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CacheServiceBlockingStub(channel, callOptions);
        }
      };
    return CacheServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static CacheServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CacheServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CacheServiceFutureStub>() {
        @java.lang.Override
        public CacheServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CacheServiceFutureStub(channel, callOptions);
        }
      };
    return CacheServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * CacheService is a store of model entries for services of any language, and the view on what is held in memory, in Redis
   * and in PostgreSQL.
   * It promises, on every replica:
   * - read your write: once a set, a deletion or an invalidation is acknowledged, nobody on that replica is answered from
   *   before it; on the others after at most a second;
   * - versions decide: a copy that is late never takes the place of a newer one, however slow a tier is;
   * - one load: who asks for what is being read waits for that reading, and who goes away stops nobody else's;
   * - Redis is a helper: slow, away, full or wrong, it costs time and nothing else;
   * - nothing is lost: an invalidation is in force whole or not at all, and none is dropped because another runs.
   * A replica that cannot reach PostgreSQL answers callers' entries for at most a second more; models of the catalogue that
   * it holds it goes on answering, for a version never changes.
   * Fields called `namespace` default to "catalogue" where an entry is read. Callers see the keys of the providers that they
   * have a right to; others are to them as if they did not exist, and of invalidations they are told those by a key or a
   * provider of theirs. Every method can fail with UNAUTHENTICATED,
   * PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED),
   * DEADLINE_EXCEEDED and UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY; where it writes also COMMIT_UNKNOWN,
   * WRITE_CONTENTION); those that read the catalogue also with UNAVAILABLE (REVISION_NOT_REACHED).
   * Those that set or delete need a writer and fail for the namespace "catalogue" with
   * FAILED_PRECONDITION (NAMESPACE_READ_ONLY). Those that invalidate, clear, clean up or change rules need an admin with a
   * right to all providers. All can be sent again without harm.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Reads an entry. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    default void getEntry(dev.modeldex.v1.GetEntryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetEntryResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetEntryMethod(), responseObserver);
    }

    /**
     * <pre>
     * Reads several entries of a namespace, in one round trip to each tier that is needed.
     * </pre>
     */
    default void batchGetEntries(dev.modeldex.v1.BatchGetEntriesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.BatchGetEntriesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchGetEntriesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Whether there is an entry. It does not count as a read of it.
     * </pre>
     */
    default void hasEntry(dev.modeldex.v1.HasEntryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.HasEntryResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getHasEntryMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sets an entry, whole: what the entry does not say has its default. ABORTED (VERSION_MISMATCH), RESOURCE_EXHAUSTED
     * (TOO_MANY_ENTRIES).
     * </pre>
     */
    default void setEntry(dev.modeldex.v1.SetEntryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.SetEntryResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSetEntryMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sets several entries, all or none. RESOURCE_EXHAUSTED (TOO_MANY_ENTRIES).
     * </pre>
     */
    default void batchSetEntries(dev.modeldex.v1.BatchSetEntriesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.BatchSetEntriesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchSetEntriesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes an entry. To delete what is not there is no error. ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    default void deleteEntry(dev.modeldex.v1.DeleteEntryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteEntryResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteEntryMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes several entries, all or none.
     * </pre>
     */
    default void batchDeleteEntries(dev.modeldex.v1.BatchDeleteEntriesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.BatchDeleteEntriesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchDeleteEntriesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the entries of a namespace by key, and says which of them this process holds in memory. INVALID_ARGUMENT
     * (INVALID_PAGE_TOKEN).
     * </pre>
     */
    default void listEntries(dev.modeldex.v1.ListEntriesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListEntriesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListEntriesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Counts the entries of a namespace.
     * </pre>
     */
    default void countEntries(dev.modeldex.v1.CountEntriesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CountEntriesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCountEntriesMethod(), responseObserver);
    }

    /**
     * <pre>
     * How long an entry has to live. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    default void getEntryTtl(dev.modeldex.v1.GetEntryTtlRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetEntryTtlResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetEntryTtlMethod(), responseObserver);
    }

    /**
     * <pre>
     * Has an entry live for a time from now on. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    default void setEntryTtl(dev.modeldex.v1.SetEntryTtlRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.SetEntryTtlResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSetEntryTtlMethod(), responseObserver);
    }

    /**
     * <pre>
     * Reads an entry from PostgreSQL, past memory and Redis, and puts it into both. A writer's. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    default void refreshEntry(dev.modeldex.v1.RefreshEntryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RefreshEntryResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRefreshEntryMethod(), responseObserver);
    }

    /**
     * <pre>
     * Does so for all entries of a provider, on request after its sources were asked for news. An admin's. With ask_sources
     * also NOT_FOUND (PROVIDER_NOT_FOUND), FAILED_PRECONDITION (SOURCE_UNAUTHENTICATED) and UNAVAILABLE
     * (SOURCE_UNAVAILABLE, SOURCE_MALFORMED, SOURCE_RATE_LIMITED).
     * </pre>
     */
    default void refreshProviderEntries(dev.modeldex.v1.RefreshProviderEntriesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RefreshProviderEntriesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRefreshProviderEntriesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes all entries of callers, or those of one namespace, and drops all copies, on all replicas. The statistics of the
     * process that answers begin anew where everything is cleared.
     * </pre>
     */
    default void clearCache(dev.modeldex.v1.ClearCacheRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ClearCacheResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getClearCacheMethod(), responseObserver);
    }

    /**
     * <pre>
     * Frees what has expired, now rather than at the next interval.
     * </pre>
     */
    default void cleanupCache(dev.modeldex.v1.CleanupCacheRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CleanupCacheResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCleanupCacheMethod(), responseObserver);
    }

    /**
     * <pre>
     * How the cache of the process that answers does, and the policies in force. It is answered with the store away, too.
     * </pre>
     */
    default void getCacheStats(dev.modeldex.v1.GetCacheStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetCacheStatsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCacheStatsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Streams what happens in the cache of the process that answers, from now on. A writer's. Nothing is kept for who reads
     * slowly: it is told how many it missed. RESOURCE_EXHAUSTED (TOO_MANY_STREAMS), UNAVAILABLE (DRAINING).
     * </pre>
     */
    default void watchCacheEvents(dev.modeldex.v1.WatchCacheEventsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchCacheEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchCacheEventsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Invalidates entries. FAILED_PRECONDITION (STRATEGY_DISABLED).
     * </pre>
     */
    default void invalidate(dev.modeldex.v1.InvalidateRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.InvalidateResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getInvalidateMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the built-in strategies.
     * </pre>
     */
    default void listInvalidationStrategies(dev.modeldex.v1.ListInvalidationStrategiesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListInvalidationStrategiesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListInvalidationStrategiesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Creates a rule. RESOURCE_EXHAUSTED (TOO_MANY_RULES), ALREADY_EXISTS (REQUEST_ID_REUSED).
     * </pre>
     */
    default void createInvalidationRule(dev.modeldex.v1.CreateInvalidationRuleRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CreateInvalidationRuleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateInvalidationRuleMethod(), responseObserver);
    }

    /**
     * <pre>
     * Reads a rule. NOT_FOUND (RULE_NOT_FOUND).
     * </pre>
     */
    default void getInvalidationRule(dev.modeldex.v1.GetInvalidationRuleRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetInvalidationRuleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetInvalidationRuleMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the rules, in the order in which they are applied.
     * </pre>
     */
    default void listInvalidationRules(dev.modeldex.v1.ListInvalidationRulesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListInvalidationRulesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListInvalidationRulesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes a rule. NOT_FOUND (RULE_NOT_FOUND), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    default void updateInvalidationRule(dev.modeldex.v1.UpdateInvalidationRuleRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.UpdateInvalidationRuleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateInvalidationRuleMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes a rule. NOT_FOUND (RULE_NOT_FOUND), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    default void deleteInvalidationRule(dev.modeldex.v1.DeleteInvalidationRuleRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteInvalidationRuleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteInvalidationRuleMethod(), responseObserver);
    }

    /**
     * <pre>
     * Which entries a rule would be about now, for a trigger; nothing is done. An admin's.
     * </pre>
     */
    default void evaluateInvalidationRule(dev.modeldex.v1.EvaluateInvalidationRuleRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.EvaluateInvalidationRuleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEvaluateInvalidationRuleMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the invalidations that were made, the newest first. INVALID_ARGUMENT (INVALID_PAGE_TOKEN).
     * </pre>
     */
    default void listInvalidations(dev.modeldex.v1.ListInvalidationsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListInvalidationsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListInvalidationsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Counts the invalidations that were made.
     * </pre>
     */
    default void getInvalidationStats(dev.modeldex.v1.GetInvalidationStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetInvalidationStatsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetInvalidationStatsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service CacheService.
   * <pre>
   * CacheService is a store of model entries for services of any language, and the view on what is held in memory, in Redis
   * and in PostgreSQL.
   * It promises, on every replica:
   * - read your write: once a set, a deletion or an invalidation is acknowledged, nobody on that replica is answered from
   *   before it; on the others after at most a second;
   * - versions decide: a copy that is late never takes the place of a newer one, however slow a tier is;
   * - one load: who asks for what is being read waits for that reading, and who goes away stops nobody else's;
   * - Redis is a helper: slow, away, full or wrong, it costs time and nothing else;
   * - nothing is lost: an invalidation is in force whole or not at all, and none is dropped because another runs.
   * A replica that cannot reach PostgreSQL answers callers' entries for at most a second more; models of the catalogue that
   * it holds it goes on answering, for a version never changes.
   * Fields called `namespace` default to "catalogue" where an entry is read. Callers see the keys of the providers that they
   * have a right to; others are to them as if they did not exist, and of invalidations they are told those by a key or a
   * provider of theirs. Every method can fail with UNAUTHENTICATED,
   * PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED),
   * DEADLINE_EXCEEDED and UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY; where it writes also COMMIT_UNKNOWN,
   * WRITE_CONTENTION); those that read the catalogue also with UNAVAILABLE (REVISION_NOT_REACHED).
   * Those that set or delete need a writer and fail for the namespace "catalogue" with
   * FAILED_PRECONDITION (NAMESPACE_READ_ONLY). Those that invalidate, clear, clean up or change rules need an admin with a
   * right to all providers. All can be sent again without harm.
   * </pre>
   */
  public static abstract class CacheServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return CacheServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service CacheService.
   * <pre>
   * CacheService is a store of model entries for services of any language, and the view on what is held in memory, in Redis
   * and in PostgreSQL.
   * It promises, on every replica:
   * - read your write: once a set, a deletion or an invalidation is acknowledged, nobody on that replica is answered from
   *   before it; on the others after at most a second;
   * - versions decide: a copy that is late never takes the place of a newer one, however slow a tier is;
   * - one load: who asks for what is being read waits for that reading, and who goes away stops nobody else's;
   * - Redis is a helper: slow, away, full or wrong, it costs time and nothing else;
   * - nothing is lost: an invalidation is in force whole or not at all, and none is dropped because another runs.
   * A replica that cannot reach PostgreSQL answers callers' entries for at most a second more; models of the catalogue that
   * it holds it goes on answering, for a version never changes.
   * Fields called `namespace` default to "catalogue" where an entry is read. Callers see the keys of the providers that they
   * have a right to; others are to them as if they did not exist, and of invalidations they are told those by a key or a
   * provider of theirs. Every method can fail with UNAUTHENTICATED,
   * PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED),
   * DEADLINE_EXCEEDED and UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY; where it writes also COMMIT_UNKNOWN,
   * WRITE_CONTENTION); those that read the catalogue also with UNAVAILABLE (REVISION_NOT_REACHED).
   * Those that set or delete need a writer and fail for the namespace "catalogue" with
   * FAILED_PRECONDITION (NAMESPACE_READ_ONLY). Those that invalidate, clear, clean up or change rules need an admin with a
   * right to all providers. All can be sent again without harm.
   * </pre>
   */
  public static final class CacheServiceStub
      extends io.grpc.stub.AbstractAsyncStub<CacheServiceStub> {
    private CacheServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CacheServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CacheServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Reads an entry. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public void getEntry(dev.modeldex.v1.GetEntryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetEntryResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetEntryMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Reads several entries of a namespace, in one round trip to each tier that is needed.
     * </pre>
     */
    public void batchGetEntries(dev.modeldex.v1.BatchGetEntriesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.BatchGetEntriesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchGetEntriesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Whether there is an entry. It does not count as a read of it.
     * </pre>
     */
    public void hasEntry(dev.modeldex.v1.HasEntryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.HasEntryResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getHasEntryMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sets an entry, whole: what the entry does not say has its default. ABORTED (VERSION_MISMATCH), RESOURCE_EXHAUSTED
     * (TOO_MANY_ENTRIES).
     * </pre>
     */
    public void setEntry(dev.modeldex.v1.SetEntryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.SetEntryResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSetEntryMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sets several entries, all or none. RESOURCE_EXHAUSTED (TOO_MANY_ENTRIES).
     * </pre>
     */
    public void batchSetEntries(dev.modeldex.v1.BatchSetEntriesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.BatchSetEntriesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchSetEntriesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes an entry. To delete what is not there is no error. ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public void deleteEntry(dev.modeldex.v1.DeleteEntryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteEntryResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteEntryMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes several entries, all or none.
     * </pre>
     */
    public void batchDeleteEntries(dev.modeldex.v1.BatchDeleteEntriesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.BatchDeleteEntriesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchDeleteEntriesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the entries of a namespace by key, and says which of them this process holds in memory. INVALID_ARGUMENT
     * (INVALID_PAGE_TOKEN).
     * </pre>
     */
    public void listEntries(dev.modeldex.v1.ListEntriesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListEntriesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListEntriesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Counts the entries of a namespace.
     * </pre>
     */
    public void countEntries(dev.modeldex.v1.CountEntriesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CountEntriesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCountEntriesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * How long an entry has to live. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public void getEntryTtl(dev.modeldex.v1.GetEntryTtlRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetEntryTtlResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetEntryTtlMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Has an entry live for a time from now on. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public void setEntryTtl(dev.modeldex.v1.SetEntryTtlRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.SetEntryTtlResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSetEntryTtlMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Reads an entry from PostgreSQL, past memory and Redis, and puts it into both. A writer's. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public void refreshEntry(dev.modeldex.v1.RefreshEntryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RefreshEntryResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRefreshEntryMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Does so for all entries of a provider, on request after its sources were asked for news. An admin's. With ask_sources
     * also NOT_FOUND (PROVIDER_NOT_FOUND), FAILED_PRECONDITION (SOURCE_UNAUTHENTICATED) and UNAVAILABLE
     * (SOURCE_UNAVAILABLE, SOURCE_MALFORMED, SOURCE_RATE_LIMITED).
     * </pre>
     */
    public void refreshProviderEntries(dev.modeldex.v1.RefreshProviderEntriesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RefreshProviderEntriesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRefreshProviderEntriesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes all entries of callers, or those of one namespace, and drops all copies, on all replicas. The statistics of the
     * process that answers begin anew where everything is cleared.
     * </pre>
     */
    public void clearCache(dev.modeldex.v1.ClearCacheRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ClearCacheResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getClearCacheMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Frees what has expired, now rather than at the next interval.
     * </pre>
     */
    public void cleanupCache(dev.modeldex.v1.CleanupCacheRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CleanupCacheResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCleanupCacheMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * How the cache of the process that answers does, and the policies in force. It is answered with the store away, too.
     * </pre>
     */
    public void getCacheStats(dev.modeldex.v1.GetCacheStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetCacheStatsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCacheStatsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Streams what happens in the cache of the process that answers, from now on. A writer's. Nothing is kept for who reads
     * slowly: it is told how many it missed. RESOURCE_EXHAUSTED (TOO_MANY_STREAMS), UNAVAILABLE (DRAINING).
     * </pre>
     */
    public void watchCacheEvents(dev.modeldex.v1.WatchCacheEventsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchCacheEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchCacheEventsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Invalidates entries. FAILED_PRECONDITION (STRATEGY_DISABLED).
     * </pre>
     */
    public void invalidate(dev.modeldex.v1.InvalidateRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.InvalidateResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getInvalidateMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the built-in strategies.
     * </pre>
     */
    public void listInvalidationStrategies(dev.modeldex.v1.ListInvalidationStrategiesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListInvalidationStrategiesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListInvalidationStrategiesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Creates a rule. RESOURCE_EXHAUSTED (TOO_MANY_RULES), ALREADY_EXISTS (REQUEST_ID_REUSED).
     * </pre>
     */
    public void createInvalidationRule(dev.modeldex.v1.CreateInvalidationRuleRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CreateInvalidationRuleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateInvalidationRuleMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Reads a rule. NOT_FOUND (RULE_NOT_FOUND).
     * </pre>
     */
    public void getInvalidationRule(dev.modeldex.v1.GetInvalidationRuleRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetInvalidationRuleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetInvalidationRuleMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the rules, in the order in which they are applied.
     * </pre>
     */
    public void listInvalidationRules(dev.modeldex.v1.ListInvalidationRulesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListInvalidationRulesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListInvalidationRulesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes a rule. NOT_FOUND (RULE_NOT_FOUND), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public void updateInvalidationRule(dev.modeldex.v1.UpdateInvalidationRuleRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.UpdateInvalidationRuleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateInvalidationRuleMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes a rule. NOT_FOUND (RULE_NOT_FOUND), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public void deleteInvalidationRule(dev.modeldex.v1.DeleteInvalidationRuleRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteInvalidationRuleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteInvalidationRuleMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Which entries a rule would be about now, for a trigger; nothing is done. An admin's.
     * </pre>
     */
    public void evaluateInvalidationRule(dev.modeldex.v1.EvaluateInvalidationRuleRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.EvaluateInvalidationRuleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEvaluateInvalidationRuleMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the invalidations that were made, the newest first. INVALID_ARGUMENT (INVALID_PAGE_TOKEN).
     * </pre>
     */
    public void listInvalidations(dev.modeldex.v1.ListInvalidationsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListInvalidationsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListInvalidationsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Counts the invalidations that were made.
     * </pre>
     */
    public void getInvalidationStats(dev.modeldex.v1.GetInvalidationStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetInvalidationStatsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetInvalidationStatsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service CacheService.
   * <pre>
   * CacheService is a store of model entries for services of any language, and the view on what is held in memory, in Redis
   * and in PostgreSQL.
   * It promises, on every replica:
   * - read your write: once a set, a deletion or an invalidation is acknowledged, nobody on that replica is answered from
   *   before it; on the others after at most a second;
   * - versions decide: a copy that is late never takes the place of a newer one, however slow a tier is;
   * - one load: who asks for what is being read waits for that reading, and who goes away stops nobody else's;
   * - Redis is a helper: slow, away, full or wrong, it costs time and nothing else;
   * - nothing is lost: an invalidation is in force whole or not at all, and none is dropped because another runs.
   * A replica that cannot reach PostgreSQL answers callers' entries for at most a second more; models of the catalogue that
   * it holds it goes on answering, for a version never changes.
   * Fields called `namespace` default to "catalogue" where an entry is read. Callers see the keys of the providers that they
   * have a right to; others are to them as if they did not exist, and of invalidations they are told those by a key or a
   * provider of theirs. Every method can fail with UNAUTHENTICATED,
   * PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED),
   * DEADLINE_EXCEEDED and UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY; where it writes also COMMIT_UNKNOWN,
   * WRITE_CONTENTION); those that read the catalogue also with UNAVAILABLE (REVISION_NOT_REACHED).
   * Those that set or delete need a writer and fail for the namespace "catalogue" with
   * FAILED_PRECONDITION (NAMESPACE_READ_ONLY). Those that invalidate, clear, clean up or change rules need an admin with a
   * right to all providers. All can be sent again without harm.
   * </pre>
   */
  public static final class CacheServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<CacheServiceBlockingV2Stub> {
    private CacheServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CacheServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CacheServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Reads an entry. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.GetEntryResponse getEntry(dev.modeldex.v1.GetEntryRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetEntryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads several entries of a namespace, in one round trip to each tier that is needed.
     * </pre>
     */
    public dev.modeldex.v1.BatchGetEntriesResponse batchGetEntries(dev.modeldex.v1.BatchGetEntriesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchGetEntriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Whether there is an entry. It does not count as a read of it.
     * </pre>
     */
    public dev.modeldex.v1.HasEntryResponse hasEntry(dev.modeldex.v1.HasEntryRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getHasEntryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sets an entry, whole: what the entry does not say has its default. ABORTED (VERSION_MISMATCH), RESOURCE_EXHAUSTED
     * (TOO_MANY_ENTRIES).
     * </pre>
     */
    public dev.modeldex.v1.SetEntryResponse setEntry(dev.modeldex.v1.SetEntryRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSetEntryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sets several entries, all or none. RESOURCE_EXHAUSTED (TOO_MANY_ENTRIES).
     * </pre>
     */
    public dev.modeldex.v1.BatchSetEntriesResponse batchSetEntries(dev.modeldex.v1.BatchSetEntriesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchSetEntriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes an entry. To delete what is not there is no error. ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.DeleteEntryResponse deleteEntry(dev.modeldex.v1.DeleteEntryRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteEntryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes several entries, all or none.
     * </pre>
     */
    public dev.modeldex.v1.BatchDeleteEntriesResponse batchDeleteEntries(dev.modeldex.v1.BatchDeleteEntriesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchDeleteEntriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the entries of a namespace by key, and says which of them this process holds in memory. INVALID_ARGUMENT
     * (INVALID_PAGE_TOKEN).
     * </pre>
     */
    public dev.modeldex.v1.ListEntriesResponse listEntries(dev.modeldex.v1.ListEntriesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListEntriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts the entries of a namespace.
     * </pre>
     */
    public dev.modeldex.v1.CountEntriesResponse countEntries(dev.modeldex.v1.CountEntriesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCountEntriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * How long an entry has to live. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.GetEntryTtlResponse getEntryTtl(dev.modeldex.v1.GetEntryTtlRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetEntryTtlMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Has an entry live for a time from now on. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.SetEntryTtlResponse setEntryTtl(dev.modeldex.v1.SetEntryTtlRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSetEntryTtlMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads an entry from PostgreSQL, past memory and Redis, and puts it into both. A writer's. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.RefreshEntryResponse refreshEntry(dev.modeldex.v1.RefreshEntryRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRefreshEntryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Does so for all entries of a provider, on request after its sources were asked for news. An admin's. With ask_sources
     * also NOT_FOUND (PROVIDER_NOT_FOUND), FAILED_PRECONDITION (SOURCE_UNAUTHENTICATED) and UNAVAILABLE
     * (SOURCE_UNAVAILABLE, SOURCE_MALFORMED, SOURCE_RATE_LIMITED).
     * </pre>
     */
    public dev.modeldex.v1.RefreshProviderEntriesResponse refreshProviderEntries(dev.modeldex.v1.RefreshProviderEntriesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRefreshProviderEntriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes all entries of callers, or those of one namespace, and drops all copies, on all replicas. The statistics of the
     * process that answers begin anew where everything is cleared.
     * </pre>
     */
    public dev.modeldex.v1.ClearCacheResponse clearCache(dev.modeldex.v1.ClearCacheRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getClearCacheMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Frees what has expired, now rather than at the next interval.
     * </pre>
     */
    public dev.modeldex.v1.CleanupCacheResponse cleanupCache(dev.modeldex.v1.CleanupCacheRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCleanupCacheMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * How the cache of the process that answers does, and the policies in force. It is answered with the store away, too.
     * </pre>
     */
    public dev.modeldex.v1.GetCacheStatsResponse getCacheStats(dev.modeldex.v1.GetCacheStatsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCacheStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams what happens in the cache of the process that answers, from now on. A writer's. Nothing is kept for who reads
     * slowly: it is told how many it missed. RESOURCE_EXHAUSTED (TOO_MANY_STREAMS), UNAVAILABLE (DRAINING).
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.modeldex.v1.WatchCacheEventsResponse>
        watchCacheEvents(dev.modeldex.v1.WatchCacheEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchCacheEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Invalidates entries. FAILED_PRECONDITION (STRATEGY_DISABLED).
     * </pre>
     */
    public dev.modeldex.v1.InvalidateResponse invalidate(dev.modeldex.v1.InvalidateRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getInvalidateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the built-in strategies.
     * </pre>
     */
    public dev.modeldex.v1.ListInvalidationStrategiesResponse listInvalidationStrategies(dev.modeldex.v1.ListInvalidationStrategiesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListInvalidationStrategiesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates a rule. RESOURCE_EXHAUSTED (TOO_MANY_RULES), ALREADY_EXISTS (REQUEST_ID_REUSED).
     * </pre>
     */
    public dev.modeldex.v1.CreateInvalidationRuleResponse createInvalidationRule(dev.modeldex.v1.CreateInvalidationRuleRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateInvalidationRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads a rule. NOT_FOUND (RULE_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.GetInvalidationRuleResponse getInvalidationRule(dev.modeldex.v1.GetInvalidationRuleRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetInvalidationRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the rules, in the order in which they are applied.
     * </pre>
     */
    public dev.modeldex.v1.ListInvalidationRulesResponse listInvalidationRules(dev.modeldex.v1.ListInvalidationRulesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListInvalidationRulesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes a rule. NOT_FOUND (RULE_NOT_FOUND), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.UpdateInvalidationRuleResponse updateInvalidationRule(dev.modeldex.v1.UpdateInvalidationRuleRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateInvalidationRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a rule. NOT_FOUND (RULE_NOT_FOUND), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.DeleteInvalidationRuleResponse deleteInvalidationRule(dev.modeldex.v1.DeleteInvalidationRuleRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteInvalidationRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Which entries a rule would be about now, for a trigger; nothing is done. An admin's.
     * </pre>
     */
    public dev.modeldex.v1.EvaluateInvalidationRuleResponse evaluateInvalidationRule(dev.modeldex.v1.EvaluateInvalidationRuleRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEvaluateInvalidationRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the invalidations that were made, the newest first. INVALID_ARGUMENT (INVALID_PAGE_TOKEN).
     * </pre>
     */
    public dev.modeldex.v1.ListInvalidationsResponse listInvalidations(dev.modeldex.v1.ListInvalidationsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListInvalidationsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts the invalidations that were made.
     * </pre>
     */
    public dev.modeldex.v1.GetInvalidationStatsResponse getInvalidationStats(dev.modeldex.v1.GetInvalidationStatsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetInvalidationStatsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service CacheService.
   * <pre>
   * CacheService is a store of model entries for services of any language, and the view on what is held in memory, in Redis
   * and in PostgreSQL.
   * It promises, on every replica:
   * - read your write: once a set, a deletion or an invalidation is acknowledged, nobody on that replica is answered from
   *   before it; on the others after at most a second;
   * - versions decide: a copy that is late never takes the place of a newer one, however slow a tier is;
   * - one load: who asks for what is being read waits for that reading, and who goes away stops nobody else's;
   * - Redis is a helper: slow, away, full or wrong, it costs time and nothing else;
   * - nothing is lost: an invalidation is in force whole or not at all, and none is dropped because another runs.
   * A replica that cannot reach PostgreSQL answers callers' entries for at most a second more; models of the catalogue that
   * it holds it goes on answering, for a version never changes.
   * Fields called `namespace` default to "catalogue" where an entry is read. Callers see the keys of the providers that they
   * have a right to; others are to them as if they did not exist, and of invalidations they are told those by a key or a
   * provider of theirs. Every method can fail with UNAUTHENTICATED,
   * PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED),
   * DEADLINE_EXCEEDED and UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY; where it writes also COMMIT_UNKNOWN,
   * WRITE_CONTENTION); those that read the catalogue also with UNAVAILABLE (REVISION_NOT_REACHED).
   * Those that set or delete need a writer and fail for the namespace "catalogue" with
   * FAILED_PRECONDITION (NAMESPACE_READ_ONLY). Those that invalidate, clear, clean up or change rules need an admin with a
   * right to all providers. All can be sent again without harm.
   * </pre>
   */
  public static final class CacheServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<CacheServiceBlockingStub> {
    private CacheServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CacheServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CacheServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Reads an entry. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.GetEntryResponse getEntry(dev.modeldex.v1.GetEntryRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetEntryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads several entries of a namespace, in one round trip to each tier that is needed.
     * </pre>
     */
    public dev.modeldex.v1.BatchGetEntriesResponse batchGetEntries(dev.modeldex.v1.BatchGetEntriesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchGetEntriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Whether there is an entry. It does not count as a read of it.
     * </pre>
     */
    public dev.modeldex.v1.HasEntryResponse hasEntry(dev.modeldex.v1.HasEntryRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getHasEntryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sets an entry, whole: what the entry does not say has its default. ABORTED (VERSION_MISMATCH), RESOURCE_EXHAUSTED
     * (TOO_MANY_ENTRIES).
     * </pre>
     */
    public dev.modeldex.v1.SetEntryResponse setEntry(dev.modeldex.v1.SetEntryRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSetEntryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sets several entries, all or none. RESOURCE_EXHAUSTED (TOO_MANY_ENTRIES).
     * </pre>
     */
    public dev.modeldex.v1.BatchSetEntriesResponse batchSetEntries(dev.modeldex.v1.BatchSetEntriesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchSetEntriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes an entry. To delete what is not there is no error. ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.DeleteEntryResponse deleteEntry(dev.modeldex.v1.DeleteEntryRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteEntryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes several entries, all or none.
     * </pre>
     */
    public dev.modeldex.v1.BatchDeleteEntriesResponse batchDeleteEntries(dev.modeldex.v1.BatchDeleteEntriesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchDeleteEntriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the entries of a namespace by key, and says which of them this process holds in memory. INVALID_ARGUMENT
     * (INVALID_PAGE_TOKEN).
     * </pre>
     */
    public dev.modeldex.v1.ListEntriesResponse listEntries(dev.modeldex.v1.ListEntriesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListEntriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts the entries of a namespace.
     * </pre>
     */
    public dev.modeldex.v1.CountEntriesResponse countEntries(dev.modeldex.v1.CountEntriesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCountEntriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * How long an entry has to live. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.GetEntryTtlResponse getEntryTtl(dev.modeldex.v1.GetEntryTtlRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetEntryTtlMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Has an entry live for a time from now on. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.SetEntryTtlResponse setEntryTtl(dev.modeldex.v1.SetEntryTtlRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSetEntryTtlMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads an entry from PostgreSQL, past memory and Redis, and puts it into both. A writer's. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.RefreshEntryResponse refreshEntry(dev.modeldex.v1.RefreshEntryRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRefreshEntryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Does so for all entries of a provider, on request after its sources were asked for news. An admin's. With ask_sources
     * also NOT_FOUND (PROVIDER_NOT_FOUND), FAILED_PRECONDITION (SOURCE_UNAUTHENTICATED) and UNAVAILABLE
     * (SOURCE_UNAVAILABLE, SOURCE_MALFORMED, SOURCE_RATE_LIMITED).
     * </pre>
     */
    public dev.modeldex.v1.RefreshProviderEntriesResponse refreshProviderEntries(dev.modeldex.v1.RefreshProviderEntriesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRefreshProviderEntriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes all entries of callers, or those of one namespace, and drops all copies, on all replicas. The statistics of the
     * process that answers begin anew where everything is cleared.
     * </pre>
     */
    public dev.modeldex.v1.ClearCacheResponse clearCache(dev.modeldex.v1.ClearCacheRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getClearCacheMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Frees what has expired, now rather than at the next interval.
     * </pre>
     */
    public dev.modeldex.v1.CleanupCacheResponse cleanupCache(dev.modeldex.v1.CleanupCacheRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCleanupCacheMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * How the cache of the process that answers does, and the policies in force. It is answered with the store away, too.
     * </pre>
     */
    public dev.modeldex.v1.GetCacheStatsResponse getCacheStats(dev.modeldex.v1.GetCacheStatsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCacheStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams what happens in the cache of the process that answers, from now on. A writer's. Nothing is kept for who reads
     * slowly: it is told how many it missed. RESOURCE_EXHAUSTED (TOO_MANY_STREAMS), UNAVAILABLE (DRAINING).
     * </pre>
     */
    public java.util.Iterator<dev.modeldex.v1.WatchCacheEventsResponse> watchCacheEvents(
        dev.modeldex.v1.WatchCacheEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchCacheEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Invalidates entries. FAILED_PRECONDITION (STRATEGY_DISABLED).
     * </pre>
     */
    public dev.modeldex.v1.InvalidateResponse invalidate(dev.modeldex.v1.InvalidateRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getInvalidateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the built-in strategies.
     * </pre>
     */
    public dev.modeldex.v1.ListInvalidationStrategiesResponse listInvalidationStrategies(dev.modeldex.v1.ListInvalidationStrategiesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListInvalidationStrategiesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates a rule. RESOURCE_EXHAUSTED (TOO_MANY_RULES), ALREADY_EXISTS (REQUEST_ID_REUSED).
     * </pre>
     */
    public dev.modeldex.v1.CreateInvalidationRuleResponse createInvalidationRule(dev.modeldex.v1.CreateInvalidationRuleRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateInvalidationRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads a rule. NOT_FOUND (RULE_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.GetInvalidationRuleResponse getInvalidationRule(dev.modeldex.v1.GetInvalidationRuleRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetInvalidationRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the rules, in the order in which they are applied.
     * </pre>
     */
    public dev.modeldex.v1.ListInvalidationRulesResponse listInvalidationRules(dev.modeldex.v1.ListInvalidationRulesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListInvalidationRulesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes a rule. NOT_FOUND (RULE_NOT_FOUND), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.UpdateInvalidationRuleResponse updateInvalidationRule(dev.modeldex.v1.UpdateInvalidationRuleRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateInvalidationRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a rule. NOT_FOUND (RULE_NOT_FOUND), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.DeleteInvalidationRuleResponse deleteInvalidationRule(dev.modeldex.v1.DeleteInvalidationRuleRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteInvalidationRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Which entries a rule would be about now, for a trigger; nothing is done. An admin's.
     * </pre>
     */
    public dev.modeldex.v1.EvaluateInvalidationRuleResponse evaluateInvalidationRule(dev.modeldex.v1.EvaluateInvalidationRuleRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEvaluateInvalidationRuleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the invalidations that were made, the newest first. INVALID_ARGUMENT (INVALID_PAGE_TOKEN).
     * </pre>
     */
    public dev.modeldex.v1.ListInvalidationsResponse listInvalidations(dev.modeldex.v1.ListInvalidationsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListInvalidationsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts the invalidations that were made.
     * </pre>
     */
    public dev.modeldex.v1.GetInvalidationStatsResponse getInvalidationStats(dev.modeldex.v1.GetInvalidationStatsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetInvalidationStatsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service CacheService.
   * <pre>
   * CacheService is a store of model entries for services of any language, and the view on what is held in memory, in Redis
   * and in PostgreSQL.
   * It promises, on every replica:
   * - read your write: once a set, a deletion or an invalidation is acknowledged, nobody on that replica is answered from
   *   before it; on the others after at most a second;
   * - versions decide: a copy that is late never takes the place of a newer one, however slow a tier is;
   * - one load: who asks for what is being read waits for that reading, and who goes away stops nobody else's;
   * - Redis is a helper: slow, away, full or wrong, it costs time and nothing else;
   * - nothing is lost: an invalidation is in force whole or not at all, and none is dropped because another runs.
   * A replica that cannot reach PostgreSQL answers callers' entries for at most a second more; models of the catalogue that
   * it holds it goes on answering, for a version never changes.
   * Fields called `namespace` default to "catalogue" where an entry is read. Callers see the keys of the providers that they
   * have a right to; others are to them as if they did not exist, and of invalidations they are told those by a key or a
   * provider of theirs. Every method can fail with UNAUTHENTICATED,
   * PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED),
   * DEADLINE_EXCEEDED and UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY; where it writes also COMMIT_UNKNOWN,
   * WRITE_CONTENTION); those that read the catalogue also with UNAVAILABLE (REVISION_NOT_REACHED).
   * Those that set or delete need a writer and fail for the namespace "catalogue" with
   * FAILED_PRECONDITION (NAMESPACE_READ_ONLY). Those that invalidate, clear, clean up or change rules need an admin with a
   * right to all providers. All can be sent again without harm.
   * </pre>
   */
  public static final class CacheServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<CacheServiceFutureStub> {
    private CacheServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CacheServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CacheServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Reads an entry. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetEntryResponse> getEntry(
        dev.modeldex.v1.GetEntryRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetEntryMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Reads several entries of a namespace, in one round trip to each tier that is needed.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.BatchGetEntriesResponse> batchGetEntries(
        dev.modeldex.v1.BatchGetEntriesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchGetEntriesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Whether there is an entry. It does not count as a read of it.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.HasEntryResponse> hasEntry(
        dev.modeldex.v1.HasEntryRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getHasEntryMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Sets an entry, whole: what the entry does not say has its default. ABORTED (VERSION_MISMATCH), RESOURCE_EXHAUSTED
     * (TOO_MANY_ENTRIES).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.SetEntryResponse> setEntry(
        dev.modeldex.v1.SetEntryRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSetEntryMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Sets several entries, all or none. RESOURCE_EXHAUSTED (TOO_MANY_ENTRIES).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.BatchSetEntriesResponse> batchSetEntries(
        dev.modeldex.v1.BatchSetEntriesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchSetEntriesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes an entry. To delete what is not there is no error. ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.DeleteEntryResponse> deleteEntry(
        dev.modeldex.v1.DeleteEntryRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteEntryMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes several entries, all or none.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.BatchDeleteEntriesResponse> batchDeleteEntries(
        dev.modeldex.v1.BatchDeleteEntriesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchDeleteEntriesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the entries of a namespace by key, and says which of them this process holds in memory. INVALID_ARGUMENT
     * (INVALID_PAGE_TOKEN).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListEntriesResponse> listEntries(
        dev.modeldex.v1.ListEntriesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListEntriesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Counts the entries of a namespace.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.CountEntriesResponse> countEntries(
        dev.modeldex.v1.CountEntriesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCountEntriesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * How long an entry has to live. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetEntryTtlResponse> getEntryTtl(
        dev.modeldex.v1.GetEntryTtlRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetEntryTtlMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Has an entry live for a time from now on. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.SetEntryTtlResponse> setEntryTtl(
        dev.modeldex.v1.SetEntryTtlRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSetEntryTtlMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Reads an entry from PostgreSQL, past memory and Redis, and puts it into both. A writer's. NOT_FOUND (ENTRY_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.RefreshEntryResponse> refreshEntry(
        dev.modeldex.v1.RefreshEntryRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRefreshEntryMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Does so for all entries of a provider, on request after its sources were asked for news. An admin's. With ask_sources
     * also NOT_FOUND (PROVIDER_NOT_FOUND), FAILED_PRECONDITION (SOURCE_UNAUTHENTICATED) and UNAVAILABLE
     * (SOURCE_UNAVAILABLE, SOURCE_MALFORMED, SOURCE_RATE_LIMITED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.RefreshProviderEntriesResponse> refreshProviderEntries(
        dev.modeldex.v1.RefreshProviderEntriesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRefreshProviderEntriesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes all entries of callers, or those of one namespace, and drops all copies, on all replicas. The statistics of the
     * process that answers begin anew where everything is cleared.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ClearCacheResponse> clearCache(
        dev.modeldex.v1.ClearCacheRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getClearCacheMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Frees what has expired, now rather than at the next interval.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.CleanupCacheResponse> cleanupCache(
        dev.modeldex.v1.CleanupCacheRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCleanupCacheMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * How the cache of the process that answers does, and the policies in force. It is answered with the store away, too.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetCacheStatsResponse> getCacheStats(
        dev.modeldex.v1.GetCacheStatsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCacheStatsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Invalidates entries. FAILED_PRECONDITION (STRATEGY_DISABLED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.InvalidateResponse> invalidate(
        dev.modeldex.v1.InvalidateRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getInvalidateMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the built-in strategies.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListInvalidationStrategiesResponse> listInvalidationStrategies(
        dev.modeldex.v1.ListInvalidationStrategiesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListInvalidationStrategiesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Creates a rule. RESOURCE_EXHAUSTED (TOO_MANY_RULES), ALREADY_EXISTS (REQUEST_ID_REUSED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.CreateInvalidationRuleResponse> createInvalidationRule(
        dev.modeldex.v1.CreateInvalidationRuleRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateInvalidationRuleMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Reads a rule. NOT_FOUND (RULE_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetInvalidationRuleResponse> getInvalidationRule(
        dev.modeldex.v1.GetInvalidationRuleRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetInvalidationRuleMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the rules, in the order in which they are applied.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListInvalidationRulesResponse> listInvalidationRules(
        dev.modeldex.v1.ListInvalidationRulesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListInvalidationRulesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes a rule. NOT_FOUND (RULE_NOT_FOUND), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.UpdateInvalidationRuleResponse> updateInvalidationRule(
        dev.modeldex.v1.UpdateInvalidationRuleRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateInvalidationRuleMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes a rule. NOT_FOUND (RULE_NOT_FOUND), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.DeleteInvalidationRuleResponse> deleteInvalidationRule(
        dev.modeldex.v1.DeleteInvalidationRuleRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteInvalidationRuleMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Which entries a rule would be about now, for a trigger; nothing is done. An admin's.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.EvaluateInvalidationRuleResponse> evaluateInvalidationRule(
        dev.modeldex.v1.EvaluateInvalidationRuleRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEvaluateInvalidationRuleMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the invalidations that were made, the newest first. INVALID_ARGUMENT (INVALID_PAGE_TOKEN).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListInvalidationsResponse> listInvalidations(
        dev.modeldex.v1.ListInvalidationsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListInvalidationsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Counts the invalidations that were made.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetInvalidationStatsResponse> getInvalidationStats(
        dev.modeldex.v1.GetInvalidationStatsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetInvalidationStatsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_ENTRY = 0;
  private static final int METHODID_BATCH_GET_ENTRIES = 1;
  private static final int METHODID_HAS_ENTRY = 2;
  private static final int METHODID_SET_ENTRY = 3;
  private static final int METHODID_BATCH_SET_ENTRIES = 4;
  private static final int METHODID_DELETE_ENTRY = 5;
  private static final int METHODID_BATCH_DELETE_ENTRIES = 6;
  private static final int METHODID_LIST_ENTRIES = 7;
  private static final int METHODID_COUNT_ENTRIES = 8;
  private static final int METHODID_GET_ENTRY_TTL = 9;
  private static final int METHODID_SET_ENTRY_TTL = 10;
  private static final int METHODID_REFRESH_ENTRY = 11;
  private static final int METHODID_REFRESH_PROVIDER_ENTRIES = 12;
  private static final int METHODID_CLEAR_CACHE = 13;
  private static final int METHODID_CLEANUP_CACHE = 14;
  private static final int METHODID_GET_CACHE_STATS = 15;
  private static final int METHODID_WATCH_CACHE_EVENTS = 16;
  private static final int METHODID_INVALIDATE = 17;
  private static final int METHODID_LIST_INVALIDATION_STRATEGIES = 18;
  private static final int METHODID_CREATE_INVALIDATION_RULE = 19;
  private static final int METHODID_GET_INVALIDATION_RULE = 20;
  private static final int METHODID_LIST_INVALIDATION_RULES = 21;
  private static final int METHODID_UPDATE_INVALIDATION_RULE = 22;
  private static final int METHODID_DELETE_INVALIDATION_RULE = 23;
  private static final int METHODID_EVALUATE_INVALIDATION_RULE = 24;
  private static final int METHODID_LIST_INVALIDATIONS = 25;
  private static final int METHODID_GET_INVALIDATION_STATS = 26;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_GET_ENTRY:
          serviceImpl.getEntry((dev.modeldex.v1.GetEntryRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetEntryResponse>) responseObserver);
          break;
        case METHODID_BATCH_GET_ENTRIES:
          serviceImpl.batchGetEntries((dev.modeldex.v1.BatchGetEntriesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.BatchGetEntriesResponse>) responseObserver);
          break;
        case METHODID_HAS_ENTRY:
          serviceImpl.hasEntry((dev.modeldex.v1.HasEntryRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.HasEntryResponse>) responseObserver);
          break;
        case METHODID_SET_ENTRY:
          serviceImpl.setEntry((dev.modeldex.v1.SetEntryRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.SetEntryResponse>) responseObserver);
          break;
        case METHODID_BATCH_SET_ENTRIES:
          serviceImpl.batchSetEntries((dev.modeldex.v1.BatchSetEntriesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.BatchSetEntriesResponse>) responseObserver);
          break;
        case METHODID_DELETE_ENTRY:
          serviceImpl.deleteEntry((dev.modeldex.v1.DeleteEntryRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteEntryResponse>) responseObserver);
          break;
        case METHODID_BATCH_DELETE_ENTRIES:
          serviceImpl.batchDeleteEntries((dev.modeldex.v1.BatchDeleteEntriesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.BatchDeleteEntriesResponse>) responseObserver);
          break;
        case METHODID_LIST_ENTRIES:
          serviceImpl.listEntries((dev.modeldex.v1.ListEntriesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListEntriesResponse>) responseObserver);
          break;
        case METHODID_COUNT_ENTRIES:
          serviceImpl.countEntries((dev.modeldex.v1.CountEntriesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.CountEntriesResponse>) responseObserver);
          break;
        case METHODID_GET_ENTRY_TTL:
          serviceImpl.getEntryTtl((dev.modeldex.v1.GetEntryTtlRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetEntryTtlResponse>) responseObserver);
          break;
        case METHODID_SET_ENTRY_TTL:
          serviceImpl.setEntryTtl((dev.modeldex.v1.SetEntryTtlRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.SetEntryTtlResponse>) responseObserver);
          break;
        case METHODID_REFRESH_ENTRY:
          serviceImpl.refreshEntry((dev.modeldex.v1.RefreshEntryRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.RefreshEntryResponse>) responseObserver);
          break;
        case METHODID_REFRESH_PROVIDER_ENTRIES:
          serviceImpl.refreshProviderEntries((dev.modeldex.v1.RefreshProviderEntriesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.RefreshProviderEntriesResponse>) responseObserver);
          break;
        case METHODID_CLEAR_CACHE:
          serviceImpl.clearCache((dev.modeldex.v1.ClearCacheRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ClearCacheResponse>) responseObserver);
          break;
        case METHODID_CLEANUP_CACHE:
          serviceImpl.cleanupCache((dev.modeldex.v1.CleanupCacheRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.CleanupCacheResponse>) responseObserver);
          break;
        case METHODID_GET_CACHE_STATS:
          serviceImpl.getCacheStats((dev.modeldex.v1.GetCacheStatsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetCacheStatsResponse>) responseObserver);
          break;
        case METHODID_WATCH_CACHE_EVENTS:
          serviceImpl.watchCacheEvents((dev.modeldex.v1.WatchCacheEventsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchCacheEventsResponse>) responseObserver);
          break;
        case METHODID_INVALIDATE:
          serviceImpl.invalidate((dev.modeldex.v1.InvalidateRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.InvalidateResponse>) responseObserver);
          break;
        case METHODID_LIST_INVALIDATION_STRATEGIES:
          serviceImpl.listInvalidationStrategies((dev.modeldex.v1.ListInvalidationStrategiesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListInvalidationStrategiesResponse>) responseObserver);
          break;
        case METHODID_CREATE_INVALIDATION_RULE:
          serviceImpl.createInvalidationRule((dev.modeldex.v1.CreateInvalidationRuleRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.CreateInvalidationRuleResponse>) responseObserver);
          break;
        case METHODID_GET_INVALIDATION_RULE:
          serviceImpl.getInvalidationRule((dev.modeldex.v1.GetInvalidationRuleRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetInvalidationRuleResponse>) responseObserver);
          break;
        case METHODID_LIST_INVALIDATION_RULES:
          serviceImpl.listInvalidationRules((dev.modeldex.v1.ListInvalidationRulesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListInvalidationRulesResponse>) responseObserver);
          break;
        case METHODID_UPDATE_INVALIDATION_RULE:
          serviceImpl.updateInvalidationRule((dev.modeldex.v1.UpdateInvalidationRuleRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.UpdateInvalidationRuleResponse>) responseObserver);
          break;
        case METHODID_DELETE_INVALIDATION_RULE:
          serviceImpl.deleteInvalidationRule((dev.modeldex.v1.DeleteInvalidationRuleRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteInvalidationRuleResponse>) responseObserver);
          break;
        case METHODID_EVALUATE_INVALIDATION_RULE:
          serviceImpl.evaluateInvalidationRule((dev.modeldex.v1.EvaluateInvalidationRuleRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.EvaluateInvalidationRuleResponse>) responseObserver);
          break;
        case METHODID_LIST_INVALIDATIONS:
          serviceImpl.listInvalidations((dev.modeldex.v1.ListInvalidationsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListInvalidationsResponse>) responseObserver);
          break;
        case METHODID_GET_INVALIDATION_STATS:
          serviceImpl.getInvalidationStats((dev.modeldex.v1.GetInvalidationStatsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetInvalidationStatsResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getGetEntryMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetEntryRequest,
              dev.modeldex.v1.GetEntryResponse>(
                service, METHODID_GET_ENTRY)))
        .addMethod(
          getBatchGetEntriesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.BatchGetEntriesRequest,
              dev.modeldex.v1.BatchGetEntriesResponse>(
                service, METHODID_BATCH_GET_ENTRIES)))
        .addMethod(
          getHasEntryMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.HasEntryRequest,
              dev.modeldex.v1.HasEntryResponse>(
                service, METHODID_HAS_ENTRY)))
        .addMethod(
          getSetEntryMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.SetEntryRequest,
              dev.modeldex.v1.SetEntryResponse>(
                service, METHODID_SET_ENTRY)))
        .addMethod(
          getBatchSetEntriesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.BatchSetEntriesRequest,
              dev.modeldex.v1.BatchSetEntriesResponse>(
                service, METHODID_BATCH_SET_ENTRIES)))
        .addMethod(
          getDeleteEntryMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.DeleteEntryRequest,
              dev.modeldex.v1.DeleteEntryResponse>(
                service, METHODID_DELETE_ENTRY)))
        .addMethod(
          getBatchDeleteEntriesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.BatchDeleteEntriesRequest,
              dev.modeldex.v1.BatchDeleteEntriesResponse>(
                service, METHODID_BATCH_DELETE_ENTRIES)))
        .addMethod(
          getListEntriesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListEntriesRequest,
              dev.modeldex.v1.ListEntriesResponse>(
                service, METHODID_LIST_ENTRIES)))
        .addMethod(
          getCountEntriesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.CountEntriesRequest,
              dev.modeldex.v1.CountEntriesResponse>(
                service, METHODID_COUNT_ENTRIES)))
        .addMethod(
          getGetEntryTtlMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetEntryTtlRequest,
              dev.modeldex.v1.GetEntryTtlResponse>(
                service, METHODID_GET_ENTRY_TTL)))
        .addMethod(
          getSetEntryTtlMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.SetEntryTtlRequest,
              dev.modeldex.v1.SetEntryTtlResponse>(
                service, METHODID_SET_ENTRY_TTL)))
        .addMethod(
          getRefreshEntryMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.RefreshEntryRequest,
              dev.modeldex.v1.RefreshEntryResponse>(
                service, METHODID_REFRESH_ENTRY)))
        .addMethod(
          getRefreshProviderEntriesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.RefreshProviderEntriesRequest,
              dev.modeldex.v1.RefreshProviderEntriesResponse>(
                service, METHODID_REFRESH_PROVIDER_ENTRIES)))
        .addMethod(
          getClearCacheMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ClearCacheRequest,
              dev.modeldex.v1.ClearCacheResponse>(
                service, METHODID_CLEAR_CACHE)))
        .addMethod(
          getCleanupCacheMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.CleanupCacheRequest,
              dev.modeldex.v1.CleanupCacheResponse>(
                service, METHODID_CLEANUP_CACHE)))
        .addMethod(
          getGetCacheStatsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetCacheStatsRequest,
              dev.modeldex.v1.GetCacheStatsResponse>(
                service, METHODID_GET_CACHE_STATS)))
        .addMethod(
          getWatchCacheEventsMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.modeldex.v1.WatchCacheEventsRequest,
              dev.modeldex.v1.WatchCacheEventsResponse>(
                service, METHODID_WATCH_CACHE_EVENTS)))
        .addMethod(
          getInvalidateMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.InvalidateRequest,
              dev.modeldex.v1.InvalidateResponse>(
                service, METHODID_INVALIDATE)))
        .addMethod(
          getListInvalidationStrategiesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListInvalidationStrategiesRequest,
              dev.modeldex.v1.ListInvalidationStrategiesResponse>(
                service, METHODID_LIST_INVALIDATION_STRATEGIES)))
        .addMethod(
          getCreateInvalidationRuleMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.CreateInvalidationRuleRequest,
              dev.modeldex.v1.CreateInvalidationRuleResponse>(
                service, METHODID_CREATE_INVALIDATION_RULE)))
        .addMethod(
          getGetInvalidationRuleMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetInvalidationRuleRequest,
              dev.modeldex.v1.GetInvalidationRuleResponse>(
                service, METHODID_GET_INVALIDATION_RULE)))
        .addMethod(
          getListInvalidationRulesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListInvalidationRulesRequest,
              dev.modeldex.v1.ListInvalidationRulesResponse>(
                service, METHODID_LIST_INVALIDATION_RULES)))
        .addMethod(
          getUpdateInvalidationRuleMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.UpdateInvalidationRuleRequest,
              dev.modeldex.v1.UpdateInvalidationRuleResponse>(
                service, METHODID_UPDATE_INVALIDATION_RULE)))
        .addMethod(
          getDeleteInvalidationRuleMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.DeleteInvalidationRuleRequest,
              dev.modeldex.v1.DeleteInvalidationRuleResponse>(
                service, METHODID_DELETE_INVALIDATION_RULE)))
        .addMethod(
          getEvaluateInvalidationRuleMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.EvaluateInvalidationRuleRequest,
              dev.modeldex.v1.EvaluateInvalidationRuleResponse>(
                service, METHODID_EVALUATE_INVALIDATION_RULE)))
        .addMethod(
          getListInvalidationsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListInvalidationsRequest,
              dev.modeldex.v1.ListInvalidationsResponse>(
                service, METHODID_LIST_INVALIDATIONS)))
        .addMethod(
          getGetInvalidationStatsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetInvalidationStatsRequest,
              dev.modeldex.v1.GetInvalidationStatsResponse>(
                service, METHODID_GET_INVALIDATION_STATS)))
        .build();
  }

  private static abstract class CacheServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    CacheServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.modeldex.v1.CacheServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("CacheService");
    }
  }

  private static final class CacheServiceFileDescriptorSupplier
      extends CacheServiceBaseDescriptorSupplier {
    CacheServiceFileDescriptorSupplier() {}
  }

  private static final class CacheServiceMethodDescriptorSupplier
      extends CacheServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    CacheServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (CacheServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new CacheServiceFileDescriptorSupplier())
              .addMethod(getGetEntryMethod())
              .addMethod(getBatchGetEntriesMethod())
              .addMethod(getHasEntryMethod())
              .addMethod(getSetEntryMethod())
              .addMethod(getBatchSetEntriesMethod())
              .addMethod(getDeleteEntryMethod())
              .addMethod(getBatchDeleteEntriesMethod())
              .addMethod(getListEntriesMethod())
              .addMethod(getCountEntriesMethod())
              .addMethod(getGetEntryTtlMethod())
              .addMethod(getSetEntryTtlMethod())
              .addMethod(getRefreshEntryMethod())
              .addMethod(getRefreshProviderEntriesMethod())
              .addMethod(getClearCacheMethod())
              .addMethod(getCleanupCacheMethod())
              .addMethod(getGetCacheStatsMethod())
              .addMethod(getWatchCacheEventsMethod())
              .addMethod(getInvalidateMethod())
              .addMethod(getListInvalidationStrategiesMethod())
              .addMethod(getCreateInvalidationRuleMethod())
              .addMethod(getGetInvalidationRuleMethod())
              .addMethod(getListInvalidationRulesMethod())
              .addMethod(getUpdateInvalidationRuleMethod())
              .addMethod(getDeleteInvalidationRuleMethod())
              .addMethod(getEvaluateInvalidationRuleMethod())
              .addMethod(getListInvalidationsMethod())
              .addMethod(getGetInvalidationStatsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
