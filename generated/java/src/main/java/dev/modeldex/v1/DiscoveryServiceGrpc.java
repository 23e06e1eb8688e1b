package dev.modeldex.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * DiscoveryService finds models at their providers, keeps them, and answers which exist and what they can do.
 * Every answer carries the revision that it is current through. Reads take min_revision: the answer is then current
 * through at least that revision, or the call fails with UNAVAILABLE (REVISION_NOT_REACHED) within its deadline. A
 * write is visible to every read on the same replica from the moment it is answered.
 * Writes take request_id: sent again with the same request within 24 hours by the same caller, the first answer is
 * given again and nothing is written; with another request the call fails with ALREADY_EXISTS (REQUEST_ID_REUSED).
 * A caller may have rights to some providers only. What is of others does not exist for it: it is left out of lists,
 * counts and streams, and asking for it fails as for what there is not. Writing or refreshing it fails with
 * PERMISSION_DENIED (PROVIDER_DENIED).
 * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
 * RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and DEADLINE_EXCEEDED beside
 * what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION). A call without a deadline
 * has 10 seconds; refreshes have 10 minutes.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class DiscoveryServiceGrpc {

  private DiscoveryServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "modeldex.v1.DiscoveryService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.RefreshProviderRequest,
      dev.modeldex.v1.RefreshProviderResponse> getRefreshProviderMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RefreshProvider",
      requestType = dev.modeldex.v1.RefreshProviderRequest.class,
      responseType = dev.modeldex.v1.RefreshProviderResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.RefreshProviderRequest,
      dev.modeldex.v1.RefreshProviderResponse> getRefreshProviderMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.RefreshProviderRequest, dev.modeldex.v1.RefreshProviderResponse> getRefreshProviderMethod;
    if ((getRefreshProviderMethod = DiscoveryServiceGrpc.getRefreshProviderMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getRefreshProviderMethod = DiscoveryServiceGrpc.getRefreshProviderMethod) == null) {
          DiscoveryServiceGrpc.getRefreshProviderMethod = getRefreshProviderMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.RefreshProviderRequest, dev.modeldex.v1.RefreshProviderResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RefreshProvider"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RefreshProviderRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RefreshProviderResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("RefreshProvider"))
              .build();
        }
      }
    }
    return getRefreshProviderMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.RefreshProvidersRequest,
      dev.modeldex.v1.RefreshProvidersResponse> getRefreshProvidersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RefreshProviders",
      requestType = dev.modeldex.v1.RefreshProvidersRequest.class,
      responseType = dev.modeldex.v1.RefreshProvidersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.RefreshProvidersRequest,
      dev.modeldex.v1.RefreshProvidersResponse> getRefreshProvidersMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.RefreshProvidersRequest, dev.modeldex.v1.RefreshProvidersResponse> getRefreshProvidersMethod;
    if ((getRefreshProvidersMethod = DiscoveryServiceGrpc.getRefreshProvidersMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getRefreshProvidersMethod = DiscoveryServiceGrpc.getRefreshProvidersMethod) == null) {
          DiscoveryServiceGrpc.getRefreshProvidersMethod = getRefreshProvidersMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.RefreshProvidersRequest, dev.modeldex.v1.RefreshProvidersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RefreshProviders"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RefreshProvidersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RefreshProvidersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("RefreshProviders"))
              .build();
        }
      }
    }
    return getRefreshProvidersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetModelRequest,
      dev.modeldex.v1.GetModelResponse> getGetModelMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetModel",
      requestType = dev.modeldex.v1.GetModelRequest.class,
      responseType = dev.modeldex.v1.GetModelResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetModelRequest,
      dev.modeldex.v1.GetModelResponse> getGetModelMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetModelRequest, dev.modeldex.v1.GetModelResponse> getGetModelMethod;
    if ((getGetModelMethod = DiscoveryServiceGrpc.getGetModelMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getGetModelMethod = DiscoveryServiceGrpc.getGetModelMethod) == null) {
          DiscoveryServiceGrpc.getGetModelMethod = getGetModelMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetModelRequest, dev.modeldex.v1.GetModelResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetModel"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetModelRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetModelResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("GetModel"))
              .build();
        }
      }
    }
    return getGetModelMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.BatchGetModelsRequest,
      dev.modeldex.v1.BatchGetModelsResponse> getBatchGetModelsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchGetModels",
      requestType = dev.modeldex.v1.BatchGetModelsRequest.class,
      responseType = dev.modeldex.v1.BatchGetModelsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.BatchGetModelsRequest,
      dev.modeldex.v1.BatchGetModelsResponse> getBatchGetModelsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.BatchGetModelsRequest, dev.modeldex.v1.BatchGetModelsResponse> getBatchGetModelsMethod;
    if ((getBatchGetModelsMethod = DiscoveryServiceGrpc.getBatchGetModelsMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getBatchGetModelsMethod = DiscoveryServiceGrpc.getBatchGetModelsMethod) == null) {
          DiscoveryServiceGrpc.getBatchGetModelsMethod = getBatchGetModelsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.BatchGetModelsRequest, dev.modeldex.v1.BatchGetModelsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchGetModels"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.BatchGetModelsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.BatchGetModelsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("BatchGetModels"))
              .build();
        }
      }
    }
    return getBatchGetModelsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelsRequest,
      dev.modeldex.v1.ListModelsResponse> getListModelsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListModels",
      requestType = dev.modeldex.v1.ListModelsRequest.class,
      responseType = dev.modeldex.v1.ListModelsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelsRequest,
      dev.modeldex.v1.ListModelsResponse> getListModelsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelsRequest, dev.modeldex.v1.ListModelsResponse> getListModelsMethod;
    if ((getListModelsMethod = DiscoveryServiceGrpc.getListModelsMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getListModelsMethod = DiscoveryServiceGrpc.getListModelsMethod) == null) {
          DiscoveryServiceGrpc.getListModelsMethod = getListModelsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListModelsRequest, dev.modeldex.v1.ListModelsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListModels"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListModelsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListModelsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("ListModels"))
              .build();
        }
      }
    }
    return getListModelsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.SaveModelRequest,
      dev.modeldex.v1.SaveModelResponse> getSaveModelMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SaveModel",
      requestType = dev.modeldex.v1.SaveModelRequest.class,
      responseType = dev.modeldex.v1.SaveModelResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.SaveModelRequest,
      dev.modeldex.v1.SaveModelResponse> getSaveModelMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.SaveModelRequest, dev.modeldex.v1.SaveModelResponse> getSaveModelMethod;
    if ((getSaveModelMethod = DiscoveryServiceGrpc.getSaveModelMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getSaveModelMethod = DiscoveryServiceGrpc.getSaveModelMethod) == null) {
          DiscoveryServiceGrpc.getSaveModelMethod = getSaveModelMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.SaveModelRequest, dev.modeldex.v1.SaveModelResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SaveModel"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.SaveModelRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.SaveModelResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("SaveModel"))
              .build();
        }
      }
    }
    return getSaveModelMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteModelRequest,
      dev.modeldex.v1.DeleteModelResponse> getDeleteModelMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteModel",
      requestType = dev.modeldex.v1.DeleteModelRequest.class,
      responseType = dev.modeldex.v1.DeleteModelResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteModelRequest,
      dev.modeldex.v1.DeleteModelResponse> getDeleteModelMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteModelRequest, dev.modeldex.v1.DeleteModelResponse> getDeleteModelMethod;
    if ((getDeleteModelMethod = DiscoveryServiceGrpc.getDeleteModelMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getDeleteModelMethod = DiscoveryServiceGrpc.getDeleteModelMethod) == null) {
          DiscoveryServiceGrpc.getDeleteModelMethod = getDeleteModelMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.DeleteModelRequest, dev.modeldex.v1.DeleteModelResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteModel"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.DeleteModelRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.DeleteModelResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("DeleteModel"))
              .build();
        }
      }
    }
    return getDeleteModelMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.UndeleteModelRequest,
      dev.modeldex.v1.UndeleteModelResponse> getUndeleteModelMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UndeleteModel",
      requestType = dev.modeldex.v1.UndeleteModelRequest.class,
      responseType = dev.modeldex.v1.UndeleteModelResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.UndeleteModelRequest,
      dev.modeldex.v1.UndeleteModelResponse> getUndeleteModelMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.UndeleteModelRequest, dev.modeldex.v1.UndeleteModelResponse> getUndeleteModelMethod;
    if ((getUndeleteModelMethod = DiscoveryServiceGrpc.getUndeleteModelMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getUndeleteModelMethod = DiscoveryServiceGrpc.getUndeleteModelMethod) == null) {
          DiscoveryServiceGrpc.getUndeleteModelMethod = getUndeleteModelMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.UndeleteModelRequest, dev.modeldex.v1.UndeleteModelResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UndeleteModel"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.UndeleteModelRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.UndeleteModelResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("UndeleteModel"))
              .build();
        }
      }
    }
    return getUndeleteModelMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetModelStatsRequest,
      dev.modeldex.v1.GetModelStatsResponse> getGetModelStatsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetModelStats",
      requestType = dev.modeldex.v1.GetModelStatsRequest.class,
      responseType = dev.modeldex.v1.GetModelStatsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetModelStatsRequest,
      dev.modeldex.v1.GetModelStatsResponse> getGetModelStatsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetModelStatsRequest, dev.modeldex.v1.GetModelStatsResponse> getGetModelStatsMethod;
    if ((getGetModelStatsMethod = DiscoveryServiceGrpc.getGetModelStatsMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getGetModelStatsMethod = DiscoveryServiceGrpc.getGetModelStatsMethod) == null) {
          DiscoveryServiceGrpc.getGetModelStatsMethod = getGetModelStatsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetModelStatsRequest, dev.modeldex.v1.GetModelStatsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetModelStats"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetModelStatsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetModelStatsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("GetModelStats"))
              .build();
        }
      }
    }
    return getGetModelStatsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetModelCapabilitiesRequest,
      dev.modeldex.v1.GetModelCapabilitiesResponse> getGetModelCapabilitiesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetModelCapabilities",
      requestType = dev.modeldex.v1.GetModelCapabilitiesRequest.class,
      responseType = dev.modeldex.v1.GetModelCapabilitiesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetModelCapabilitiesRequest,
      dev.modeldex.v1.GetModelCapabilitiesResponse> getGetModelCapabilitiesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetModelCapabilitiesRequest, dev.modeldex.v1.GetModelCapabilitiesResponse> getGetModelCapabilitiesMethod;
    if ((getGetModelCapabilitiesMethod = DiscoveryServiceGrpc.getGetModelCapabilitiesMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getGetModelCapabilitiesMethod = DiscoveryServiceGrpc.getGetModelCapabilitiesMethod) == null) {
          DiscoveryServiceGrpc.getGetModelCapabilitiesMethod = getGetModelCapabilitiesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetModelCapabilitiesRequest, dev.modeldex.v1.GetModelCapabilitiesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetModelCapabilities"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetModelCapabilitiesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetModelCapabilitiesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("GetModelCapabilities"))
              .build();
        }
      }
    }
    return getGetModelCapabilitiesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ValidateModelCapabilitiesRequest,
      dev.modeldex.v1.ValidateModelCapabilitiesResponse> getValidateModelCapabilitiesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ValidateModelCapabilities",
      requestType = dev.modeldex.v1.ValidateModelCapabilitiesRequest.class,
      responseType = dev.modeldex.v1.ValidateModelCapabilitiesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ValidateModelCapabilitiesRequest,
      dev.modeldex.v1.ValidateModelCapabilitiesResponse> getValidateModelCapabilitiesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ValidateModelCapabilitiesRequest, dev.modeldex.v1.ValidateModelCapabilitiesResponse> getValidateModelCapabilitiesMethod;
    if ((getValidateModelCapabilitiesMethod = DiscoveryServiceGrpc.getValidateModelCapabilitiesMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getValidateModelCapabilitiesMethod = DiscoveryServiceGrpc.getValidateModelCapabilitiesMethod) == null) {
          DiscoveryServiceGrpc.getValidateModelCapabilitiesMethod = getValidateModelCapabilitiesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ValidateModelCapabilitiesRequest, dev.modeldex.v1.ValidateModelCapabilitiesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ValidateModelCapabilities"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ValidateModelCapabilitiesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ValidateModelCapabilitiesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("ValidateModelCapabilities"))
              .build();
        }
      }
    }
    return getValidateModelCapabilitiesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelBenchmarksRequest,
      dev.modeldex.v1.ListModelBenchmarksResponse> getListModelBenchmarksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListModelBenchmarks",
      requestType = dev.modeldex.v1.ListModelBenchmarksRequest.class,
      responseType = dev.modeldex.v1.ListModelBenchmarksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelBenchmarksRequest,
      dev.modeldex.v1.ListModelBenchmarksResponse> getListModelBenchmarksMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelBenchmarksRequest, dev.modeldex.v1.ListModelBenchmarksResponse> getListModelBenchmarksMethod;
    if ((getListModelBenchmarksMethod = DiscoveryServiceGrpc.getListModelBenchmarksMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getListModelBenchmarksMethod = DiscoveryServiceGrpc.getListModelBenchmarksMethod) == null) {
          DiscoveryServiceGrpc.getListModelBenchmarksMethod = getListModelBenchmarksMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListModelBenchmarksRequest, dev.modeldex.v1.ListModelBenchmarksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListModelBenchmarks"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListModelBenchmarksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListModelBenchmarksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("ListModelBenchmarks"))
              .build();
        }
      }
    }
    return getListModelBenchmarksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.BenchmarkModelRequest,
      dev.modeldex.v1.BenchmarkModelResponse> getBenchmarkModelMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BenchmarkModel",
      requestType = dev.modeldex.v1.BenchmarkModelRequest.class,
      responseType = dev.modeldex.v1.BenchmarkModelResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.BenchmarkModelRequest,
      dev.modeldex.v1.BenchmarkModelResponse> getBenchmarkModelMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.BenchmarkModelRequest, dev.modeldex.v1.BenchmarkModelResponse> getBenchmarkModelMethod;
    if ((getBenchmarkModelMethod = DiscoveryServiceGrpc.getBenchmarkModelMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getBenchmarkModelMethod = DiscoveryServiceGrpc.getBenchmarkModelMethod) == null) {
          DiscoveryServiceGrpc.getBenchmarkModelMethod = getBenchmarkModelMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.BenchmarkModelRequest, dev.modeldex.v1.BenchmarkModelResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BenchmarkModel"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.BenchmarkModelRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.BenchmarkModelResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("BenchmarkModel"))
              .build();
        }
      }
    }
    return getBenchmarkModelMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetStatusRequest,
      dev.modeldex.v1.GetStatusResponse> getGetStatusMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetStatus",
      requestType = dev.modeldex.v1.GetStatusRequest.class,
      responseType = dev.modeldex.v1.GetStatusResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetStatusRequest,
      dev.modeldex.v1.GetStatusResponse> getGetStatusMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetStatusRequest, dev.modeldex.v1.GetStatusResponse> getGetStatusMethod;
    if ((getGetStatusMethod = DiscoveryServiceGrpc.getGetStatusMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getGetStatusMethod = DiscoveryServiceGrpc.getGetStatusMethod) == null) {
          DiscoveryServiceGrpc.getGetStatusMethod = getGetStatusMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetStatusRequest, dev.modeldex.v1.GetStatusResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetStatus"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetStatusRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetStatusResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("GetStatus"))
              .build();
        }
      }
    }
    return getGetStatusMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetConfigurationRequest,
      dev.modeldex.v1.GetConfigurationResponse> getGetConfigurationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetConfiguration",
      requestType = dev.modeldex.v1.GetConfigurationRequest.class,
      responseType = dev.modeldex.v1.GetConfigurationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetConfigurationRequest,
      dev.modeldex.v1.GetConfigurationResponse> getGetConfigurationMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetConfigurationRequest, dev.modeldex.v1.GetConfigurationResponse> getGetConfigurationMethod;
    if ((getGetConfigurationMethod = DiscoveryServiceGrpc.getGetConfigurationMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getGetConfigurationMethod = DiscoveryServiceGrpc.getGetConfigurationMethod) == null) {
          DiscoveryServiceGrpc.getGetConfigurationMethod = getGetConfigurationMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetConfigurationRequest, dev.modeldex.v1.GetConfigurationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetConfiguration"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetConfigurationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetConfigurationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("GetConfiguration"))
              .build();
        }
      }
    }
    return getGetConfigurationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.UpdateConfigurationRequest,
      dev.modeldex.v1.UpdateConfigurationResponse> getUpdateConfigurationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateConfiguration",
      requestType = dev.modeldex.v1.UpdateConfigurationRequest.class,
      responseType = dev.modeldex.v1.UpdateConfigurationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.UpdateConfigurationRequest,
      dev.modeldex.v1.UpdateConfigurationResponse> getUpdateConfigurationMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.UpdateConfigurationRequest, dev.modeldex.v1.UpdateConfigurationResponse> getUpdateConfigurationMethod;
    if ((getUpdateConfigurationMethod = DiscoveryServiceGrpc.getUpdateConfigurationMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getUpdateConfigurationMethod = DiscoveryServiceGrpc.getUpdateConfigurationMethod) == null) {
          DiscoveryServiceGrpc.getUpdateConfigurationMethod = getUpdateConfigurationMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.UpdateConfigurationRequest, dev.modeldex.v1.UpdateConfigurationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateConfiguration"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.UpdateConfigurationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.UpdateConfigurationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("UpdateConfiguration"))
              .build();
        }
      }
    }
    return getUpdateConfigurationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.StartDiscoveryRequest,
      dev.modeldex.v1.StartDiscoveryResponse> getStartDiscoveryMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StartDiscovery",
      requestType = dev.modeldex.v1.StartDiscoveryRequest.class,
      responseType = dev.modeldex.v1.StartDiscoveryResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.StartDiscoveryRequest,
      dev.modeldex.v1.StartDiscoveryResponse> getStartDiscoveryMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.StartDiscoveryRequest, dev.modeldex.v1.StartDiscoveryResponse> getStartDiscoveryMethod;
    if ((getStartDiscoveryMethod = DiscoveryServiceGrpc.getStartDiscoveryMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getStartDiscoveryMethod = DiscoveryServiceGrpc.getStartDiscoveryMethod) == null) {
          DiscoveryServiceGrpc.getStartDiscoveryMethod = getStartDiscoveryMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.StartDiscoveryRequest, dev.modeldex.v1.StartDiscoveryResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StartDiscovery"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.StartDiscoveryRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.StartDiscoveryResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("StartDiscovery"))
              .build();
        }
      }
    }
    return getStartDiscoveryMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.StopDiscoveryRequest,
      dev.modeldex.v1.StopDiscoveryResponse> getStopDiscoveryMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StopDiscovery",
      requestType = dev.modeldex.v1.StopDiscoveryRequest.class,
      responseType = dev.modeldex.v1.StopDiscoveryResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.StopDiscoveryRequest,
      dev.modeldex.v1.StopDiscoveryResponse> getStopDiscoveryMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.StopDiscoveryRequest, dev.modeldex.v1.StopDiscoveryResponse> getStopDiscoveryMethod;
    if ((getStopDiscoveryMethod = DiscoveryServiceGrpc.getStopDiscoveryMethod) == null) {
      synchronized (DiscoveryServiceGrpc.class) {
        if ((getStopDiscoveryMethod = DiscoveryServiceGrpc.getStopDiscoveryMethod) == null) {
          DiscoveryServiceGrpc.getStopDiscoveryMethod = getStopDiscoveryMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.StopDiscoveryRequest, dev.modeldex.v1.StopDiscoveryResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StopDiscovery"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.StopDiscoveryRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.StopDiscoveryResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DiscoveryServiceMethodDescriptorSupplier("StopDiscovery"))
              .build();
        }
      }
    }
    return getStopDiscoveryMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static DiscoveryServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DiscoveryServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DiscoveryServiceStub>() {
        @java.lang.Override
        public DiscoveryServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DiscoveryServiceStub(channel, callOptions);
        }
      };
    return DiscoveryServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static DiscoveryServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DiscoveryServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DiscoveryServiceBlockingV2Stub>() {
        @java.lang.Override
        public DiscoveryServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DiscoveryServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return DiscoveryServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static DiscoveryServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DiscoveryServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DiscoveryServiceBlockingStub>() {
        @java.lang.Override
        public DiscoveryServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DiscoveryServiceBlockingStub(channel, callOptions);
        }
      };
    return DiscoveryServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static DiscoveryServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DiscoveryServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DiscoveryServiceFutureStub>() {
        @java.lang.Override
        public DiscoveryServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DiscoveryServiceFutureStub(channel, callOptions);
        }
      };
    return DiscoveryServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * DiscoveryService finds models at their providers, keeps them, and answers which exist and what they can do.
   * Every answer carries the revision that it is current through. Reads take min_revision: the answer is then current
   * through at least that revision, or the call fails with UNAVAILABLE (REVISION_NOT_REACHED) within its deadline. A
   * write is visible to every read on the same replica from the moment it is answered.
   * Writes take request_id: sent again with the same request within 24 hours by the same caller, the first answer is
   * given again and nothing is written; with another request the call fails with ALREADY_EXISTS (REQUEST_ID_REUSED).
   * A caller may have rights to some providers only. What is of others does not exist for it: it is left out of lists,
   * counts and streams, and asking for it fails as for what there is not. Writing or refreshing it fails with
   * PERMISSION_DENIED (PROVIDER_DENIED).
   * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
   * RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and DEADLINE_EXCEEDED beside
   * what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION). A call without a deadline
   * has 10 seconds; refreshes have 10 minutes.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Asks every source of one provider now and writes what changed. A refresh of the same source that runs already, on
     * any replica, is joined. Where some sources fail the answer names them; where all fail the call fails with
     * UNAVAILABLE (SOURCE_UNAVAILABLE, SOURCE_MALFORMED, SOURCE_RATE_LIMITED) or FAILED_PRECONDITION
     * (SOURCE_UNAUTHENTICATED). NOT_FOUND (PROVIDER_NOT_FOUND) where no source knows the provider. Works while
     * discovery is stopped. An error, an empty or a truncated listing removes no model.
     * </pre>
     */
    default void refreshProvider(dev.modeldex.v1.RefreshProviderRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RefreshProviderResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRefreshProviderMethod(), responseObserver);
    }

    /**
     * <pre>
     * Asks the sources of several providers side by side and streams a result for each provider as it ends. The failure
     * of one is part of its result and does not end the stream.
     * </pre>
     */
    default void refreshProviders(dev.modeldex.v1.RefreshProvidersRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RefreshProvidersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRefreshProvidersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Gives one model, as it is or as it was at a time or a revision. NOT_FOUND (MODEL_NOT_FOUND) where there is none or it
     * was deleted. As of a time or a revision: OUT_OF_RANGE (FUTURE_REVISION, FUTURE_TIME) for one that is yet to come, and
     * FAILED_PRECONDITION (VERSION_PURGED) where history does not keep the document of then.
     * </pre>
     */
    default void getModel(dev.modeldex.v1.GetModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetModelResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetModelMethod(), responseObserver);
    }

    /**
     * <pre>
     * Gives up to 1,000 models by id. Ids without a model are listed, not an error.
     * </pre>
     */
    default void batchGetModels(dev.modeldex.v1.BatchGetModelsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.BatchGetModelsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchGetModelsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists models by a filter, in a stated order, page by page. Models whose sort value does not change while a caller
     * pages are neither skipped nor repeated. INVALID_ARGUMENT (INVALID_PAGE_TOKEN) for a token of another query. As of a
     * time or a revision every page is of the one revision that as_of_revision names, and errors are as in GetModel.
     * </pre>
     */
    default void listModels(dev.modeldex.v1.ListModelsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListModelsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Saves a private model: creates it, or replaces its document whole. A document equal to the current one makes no
     * version. FAILED_PRECONDITION (MANAGED_BY_SOURCE) where a source lists the id; ABORTED (VERSION_MISMATCH) where
     * expected_version is not the current version. A deleted model is undeleted by saving it.
     * </pre>
     */
    default void saveModel(dev.modeldex.v1.SaveModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.SaveModelResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSaveModelMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes a private model. Its versions stay, and UndeleteModel brings it back. NOT_FOUND (MODEL_NOT_FOUND),
     * FAILED_PRECONDITION (MANAGED_BY_SOURCE), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    default void deleteModel(dev.modeldex.v1.DeleteModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteModelResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteModelMethod(), responseObserver);
    }

    /**
     * <pre>
     * Brings a deleted private model back as it was. NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION
     * (MODEL_NOT_DELETED, MANAGED_BY_SOURCE), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    default void undeleteModel(dev.modeldex.v1.UndeleteModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.UndeleteModelResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUndeleteModelMethod(), responseObserver);
    }

    /**
     * <pre>
     * Counts the models by provider, capability and stage.
     * </pre>
     */
    default void getModelStats(dev.modeldex.v1.GetModelStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetModelStatsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetModelStatsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Gives what is known of a model's capabilities, its limits and modalities among them. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    default void getModelCapabilities(dev.modeldex.v1.GetModelCapabilitiesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetModelCapabilitiesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetModelCapabilitiesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Says for each required capability whether the model has it, has it not, or nobody knows. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    default void validateModelCapabilities(dev.modeldex.v1.ValidateModelCapabilitiesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ValidateModelCapabilitiesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getValidateModelCapabilitiesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the benchmark results of a model, newest first. NOT_FOUND (MODEL_NOT_FOUND).
     * </pre>
     */
    default void listModelBenchmarks(dev.modeldex.v1.ListModelBenchmarksRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelBenchmarksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListModelBenchmarksMethod(), responseObserver);
    }

    /**
     * <pre>
     * Runs a benchmark against a model. FAILED_PRECONDITION (BENCHMARKS_DISABLED) while this server has none switched
     * on; NOT_FOUND (MODEL_NOT_FOUND).
     * </pre>
     */
    default void benchmarkModel(dev.modeldex.v1.BenchmarkModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.BenchmarkModelResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBenchmarkModelMethod(), responseObserver);
    }

    /**
     * <pre>
     * Says how discovery, its sources, the store and the replicas are.
     * </pre>
     */
    default void getStatus(dev.modeldex.v1.GetStatusRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetStatusResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetStatusMethod(), responseObserver);
    }

    /**
     * <pre>
     * Gives the configuration of discovery that is in force.
     * </pre>
     */
    default void getConfiguration(dev.modeldex.v1.GetConfigurationRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetConfigurationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetConfigurationMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes the configuration for all replicas, at once and for good. FAILED_PRECONDITION (CONFIGURATION_FIXED) for a
     * field that the server's environment or file sets; ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    default void updateConfiguration(dev.modeldex.v1.UpdateConfigurationRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.UpdateConfigurationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateConfigurationMethod(), responseObserver);
    }

    /**
     * <pre>
     * Starts the refreshes at intervals, on all replicas and for good. Starting what runs changes nothing.
     * </pre>
     */
    default void startDiscovery(dev.modeldex.v1.StartDiscoveryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.StartDiscoveryResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStartDiscoveryMethod(), responseObserver);
    }

    /**
     * <pre>
     * Stops the refreshes at intervals, on all replicas and for good: a restart does not start them again. A refresh
     * that runs is finished. RefreshProvider and RefreshProviders still work.
     * </pre>
     */
    default void stopDiscovery(dev.modeldex.v1.StopDiscoveryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.StopDiscoveryResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStopDiscoveryMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service DiscoveryService.
   * <pre>
   * DiscoveryService finds models at their providers, keeps them, and answers which exist and what they can do.
   * Every answer carries the revision that it is current through. Reads take min_revision: the answer is then current
   * through at least that revision, or the call fails with UNAVAILABLE (REVISION_NOT_REACHED) within its deadline. A
   * write is visible to every read on the same replica from the moment it is answered.
   * Writes take request_id: sent again with the same request within 24 hours by the same caller, the first answer is
   * given again and nothing is written; with another request the call fails with ALREADY_EXISTS (REQUEST_ID_REUSED).
   * A caller may have rights to some providers only. What is of others does not exist for it: it is left out of lists,
   * counts and streams, and asking for it fails as for what there is not. Writing or refreshing it fails with
   * PERMISSION_DENIED (PROVIDER_DENIED).
   * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
   * RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and DEADLINE_EXCEEDED beside
   * what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION). A call without a deadline
   * has 10 seconds; refreshes have 10 minutes.
   * </pre>
   */
  public static abstract class DiscoveryServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return DiscoveryServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service DiscoveryService.
   * <pre>
   * DiscoveryService finds models at their providers, keeps them, and answers which exist and what they can do.
   * Every answer carries the revision that it is current through. Reads take min_revision: the answer is then current
   * through at least that revision, or the call fails with UNAVAILABLE (REVISION_NOT_REACHED) within its deadline. A
   * write is visible to every read on the same replica from the moment it is answered.
   * Writes take request_id: sent again with the same request within 24 hours by the same caller, the first answer is
   * given again and nothing is written; with another request the call fails with ALREADY_EXISTS (REQUEST_ID_REUSED).
   * A caller may have rights to some providers only. What is of others does not exist for it: it is left out of lists,
   * counts and streams, and asking for it fails as for what there is not. Writing or refreshing it fails with
   * PERMISSION_DENIED (PROVIDER_DENIED).
   * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
   * RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and DEADLINE_EXCEEDED beside
   * what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION). A call without a deadline
   * has 10 seconds; refreshes have 10 minutes.
   * </pre>
   */
  public static final class DiscoveryServiceStub
      extends io.grpc.stub.AbstractAsyncStub<DiscoveryServiceStub> {
    private DiscoveryServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DiscoveryServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DiscoveryServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Asks every source of one provider now and writes what changed. A refresh of the same source that runs already, on
     * any replica, is joined. Where some sources fail the answer names them; where all fail the call fails with
     * UNAVAILABLE (SOURCE_UNAVAILABLE, SOURCE_MALFORMED, SOURCE_RATE_LIMITED) or FAILED_PRECONDITION
     * (SOURCE_UNAUTHENTICATED). NOT_FOUND (PROVIDER_NOT_FOUND) where no source knows the provider. Works while
     * discovery is stopped. An error, an empty or a truncated listing removes no model.
     * </pre>
     */
    public void refreshProvider(dev.modeldex.v1.RefreshProviderRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RefreshProviderResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRefreshProviderMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Asks the sources of several providers side by side and streams a result for each provider as it ends. The failure
     * of one is part of its result and does not end the stream.
     * </pre>
     */
    public void refreshProviders(dev.modeldex.v1.RefreshProvidersRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RefreshProvidersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getRefreshProvidersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Gives one model, as it is or as it was at a time or a revision. NOT_FOUND (MODEL_NOT_FOUND) where there is none or it
     * was deleted. As of a time or a revision: OUT_OF_RANGE (FUTURE_REVISION, FUTURE_TIME) for one that is yet to come, and
     * FAILED_PRECONDITION (VERSION_PURGED) where history does not keep the document of then.
     * </pre>
     */
    public void getModel(dev.modeldex.v1.GetModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetModelResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetModelMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Gives up to 1,000 models by id. Ids without a model are listed, not an error.
     * </pre>
     */
    public void batchGetModels(dev.modeldex.v1.BatchGetModelsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.BatchGetModelsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchGetModelsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists models by a filter, in a stated order, page by page. Models whose sort value does not change while a caller
     * pages are neither skipped nor repeated. INVALID_ARGUMENT (INVALID_PAGE_TOKEN) for a token of another query. As of a
     * time or a revision every page is of the one revision that as_of_revision names, and errors are as in GetModel.
     * </pre>
     */
    public void listModels(dev.modeldex.v1.ListModelsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListModelsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Saves a private model: creates it, or replaces its document whole. A document equal to the current one makes no
     * version. FAILED_PRECONDITION (MANAGED_BY_SOURCE) where a source lists the id; ABORTED (VERSION_MISMATCH) where
     * expected_version is not the current version. A deleted model is undeleted by saving it.
     * </pre>
     */
    public void saveModel(dev.modeldex.v1.SaveModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.SaveModelResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSaveModelMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes a private model. Its versions stay, and UndeleteModel brings it back. NOT_FOUND (MODEL_NOT_FOUND),
     * FAILED_PRECONDITION (MANAGED_BY_SOURCE), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public void deleteModel(dev.modeldex.v1.DeleteModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteModelResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteModelMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Brings a deleted private model back as it was. NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION
     * (MODEL_NOT_DELETED, MANAGED_BY_SOURCE), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public void undeleteModel(dev.modeldex.v1.UndeleteModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.UndeleteModelResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUndeleteModelMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Counts the models by provider, capability and stage.
     * </pre>
     */
    public void getModelStats(dev.modeldex.v1.GetModelStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetModelStatsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetModelStatsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Gives what is known of a model's capabilities, its limits and modalities among them. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    public void getModelCapabilities(dev.modeldex.v1.GetModelCapabilitiesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetModelCapabilitiesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetModelCapabilitiesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Says for each required capability whether the model has it, has it not, or nobody knows. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    public void validateModelCapabilities(dev.modeldex.v1.ValidateModelCapabilitiesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ValidateModelCapabilitiesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getValidateModelCapabilitiesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the benchmark results of a model, newest first. NOT_FOUND (MODEL_NOT_FOUND).
     * </pre>
     */
    public void listModelBenchmarks(dev.modeldex.v1.ListModelBenchmarksRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelBenchmarksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListModelBenchmarksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Runs a benchmark against a model. FAILED_PRECONDITION (BENCHMARKS_DISABLED) while this server has none switched
     * on; NOT_FOUND (MODEL_NOT_FOUND).
     * </pre>
     */
    public void benchmarkModel(dev.modeldex.v1.BenchmarkModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.BenchmarkModelResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBenchmarkModelMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Says how discovery, its sources, the store and the replicas are.
     * </pre>
     */
    public void getStatus(dev.modeldex.v1.GetStatusRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetStatusResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetStatusMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Gives the configuration of discovery that is in force.
     * </pre>
     */
    public void getConfiguration(dev.modeldex.v1.GetConfigurationRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetConfigurationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetConfigurationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes the configuration for all replicas, at once and for good. FAILED_PRECONDITION (CONFIGURATION_FIXED) for a
     * field that the server's environment or file sets; ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public void updateConfiguration(dev.modeldex.v1.UpdateConfigurationRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.UpdateConfigurationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateConfigurationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Starts the refreshes at intervals, on all replicas and for good. Starting what runs changes nothing.
     * </pre>
     */
    public void startDiscovery(dev.modeldex.v1.StartDiscoveryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.StartDiscoveryResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getStartDiscoveryMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Stops the refreshes at intervals, on all replicas and for good: a restart does not start them again. A refresh
     * that runs is finished. RefreshProvider and RefreshProviders still work.
     * </pre>
     */
    public void stopDiscovery(dev.modeldex.v1.StopDiscoveryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.StopDiscoveryResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getStopDiscoveryMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service DiscoveryService.
   * <pre>
   * DiscoveryService finds models at their providers, keeps them, and answers which exist and what they can do.
   * Every answer carries the revision that it is current through. Reads take min_revision: the answer is then current
   * through at least that revision, or the call fails with UNAVAILABLE (REVISION_NOT_REACHED) within its deadline. A
   * write is visible to every read on the same replica from the moment it is answered.
   * Writes take request_id: sent again with the same request within 24 hours by the same caller, the first answer is
   * given again and nothing is written; with another request the call fails with ALREADY_EXISTS (REQUEST_ID_REUSED).
   * A caller may have rights to some providers only. What is of others does not exist for it: it is left out of lists,
   * counts and streams, and asking for it fails as for what there is not. Writing or refreshing it fails with
   * PERMISSION_DENIED (PROVIDER_DENIED).
   * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
   * RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and DEADLINE_EXCEEDED beside
   * what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION). A call without a deadline
   * has 10 seconds; refreshes have 10 minutes.
   * </pre>
   */
  public static final class DiscoveryServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<DiscoveryServiceBlockingV2Stub> {
    private DiscoveryServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DiscoveryServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DiscoveryServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Asks every source of one provider now and writes what changed. A refresh of the same source that runs already, on
     * any replica, is joined. Where some sources fail the answer names them; where all fail the call fails with
     * UNAVAILABLE (SOURCE_UNAVAILABLE, SOURCE_MALFORMED, SOURCE_RATE_LIMITED) or FAILED_PRECONDITION
     * (SOURCE_UNAUTHENTICATED). NOT_FOUND (PROVIDER_NOT_FOUND) where no source knows the provider. Works while
     * discovery is stopped. An error, an empty or a truncated listing removes no model.
     * </pre>
     */
    public dev.modeldex.v1.RefreshProviderResponse refreshProvider(dev.modeldex.v1.RefreshProviderRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRefreshProviderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Asks the sources of several providers side by side and streams a result for each provider as it ends. The failure
     * of one is part of its result and does not end the stream.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.modeldex.v1.RefreshProvidersResponse>
        refreshProviders(dev.modeldex.v1.RefreshProvidersRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getRefreshProvidersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives one model, as it is or as it was at a time or a revision. NOT_FOUND (MODEL_NOT_FOUND) where there is none or it
     * was deleted. As of a time or a revision: OUT_OF_RANGE (FUTURE_REVISION, FUTURE_TIME) for one that is yet to come, and
     * FAILED_PRECONDITION (VERSION_PURGED) where history does not keep the document of then.
     * </pre>
     */
    public dev.modeldex.v1.GetModelResponse getModel(dev.modeldex.v1.GetModelRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives up to 1,000 models by id. Ids without a model are listed, not an error.
     * </pre>
     */
    public dev.modeldex.v1.BatchGetModelsResponse batchGetModels(dev.modeldex.v1.BatchGetModelsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchGetModelsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists models by a filter, in a stated order, page by page. Models whose sort value does not change while a caller
     * pages are neither skipped nor repeated. INVALID_ARGUMENT (INVALID_PAGE_TOKEN) for a token of another query. As of a
     * time or a revision every page is of the one revision that as_of_revision names, and errors are as in GetModel.
     * </pre>
     */
    public dev.modeldex.v1.ListModelsResponse listModels(dev.modeldex.v1.ListModelsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListModelsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Saves a private model: creates it, or replaces its document whole. A document equal to the current one makes no
     * version. FAILED_PRECONDITION (MANAGED_BY_SOURCE) where a source lists the id; ABORTED (VERSION_MISMATCH) where
     * expected_version is not the current version. A deleted model is undeleted by saving it.
     * </pre>
     */
    public dev.modeldex.v1.SaveModelResponse saveModel(dev.modeldex.v1.SaveModelRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSaveModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a private model. Its versions stay, and UndeleteModel brings it back. NOT_FOUND (MODEL_NOT_FOUND),
     * FAILED_PRECONDITION (MANAGED_BY_SOURCE), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.DeleteModelResponse deleteModel(dev.modeldex.v1.DeleteModelRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Brings a deleted private model back as it was. NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION
     * (MODEL_NOT_DELETED, MANAGED_BY_SOURCE), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.UndeleteModelResponse undeleteModel(dev.modeldex.v1.UndeleteModelRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUndeleteModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts the models by provider, capability and stage.
     * </pre>
     */
    public dev.modeldex.v1.GetModelStatsResponse getModelStats(dev.modeldex.v1.GetModelStatsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetModelStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives what is known of a model's capabilities, its limits and modalities among them. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.GetModelCapabilitiesResponse getModelCapabilities(dev.modeldex.v1.GetModelCapabilitiesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetModelCapabilitiesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says for each required capability whether the model has it, has it not, or nobody knows. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.ValidateModelCapabilitiesResponse validateModelCapabilities(dev.modeldex.v1.ValidateModelCapabilitiesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getValidateModelCapabilitiesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the benchmark results of a model, newest first. NOT_FOUND (MODEL_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.ListModelBenchmarksResponse listModelBenchmarks(dev.modeldex.v1.ListModelBenchmarksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListModelBenchmarksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Runs a benchmark against a model. FAILED_PRECONDITION (BENCHMARKS_DISABLED) while this server has none switched
     * on; NOT_FOUND (MODEL_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.BenchmarkModelResponse benchmarkModel(dev.modeldex.v1.BenchmarkModelRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBenchmarkModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says how discovery, its sources, the store and the replicas are.
     * </pre>
     */
    public dev.modeldex.v1.GetStatusResponse getStatus(dev.modeldex.v1.GetStatusRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetStatusMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives the configuration of discovery that is in force.
     * </pre>
     */
    public dev.modeldex.v1.GetConfigurationResponse getConfiguration(dev.modeldex.v1.GetConfigurationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetConfigurationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the configuration for all replicas, at once and for good. FAILED_PRECONDITION (CONFIGURATION_FIXED) for a
     * field that the server's environment or file sets; ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.UpdateConfigurationResponse updateConfiguration(dev.modeldex.v1.UpdateConfigurationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateConfigurationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Starts the refreshes at intervals, on all replicas and for good. Starting what runs changes nothing.
     * </pre>
     */
    public dev.modeldex.v1.StartDiscoveryResponse startDiscovery(dev.modeldex.v1.StartDiscoveryRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getStartDiscoveryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Stops the refreshes at intervals, on all replicas and for good: a restart does not start them again. A refresh
     * that runs is finished. RefreshProvider and RefreshProviders still work.
     * </pre>
     */
    public dev.modeldex.v1.StopDiscoveryResponse stopDiscovery(dev.modeldex.v1.StopDiscoveryRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getStopDiscoveryMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service DiscoveryService.
   * <pre>
   * DiscoveryService finds models at their providers, keeps them, and answers which exist and what they can do.
   * Every answer carries the revision that it is current through. Reads take min_revision: the answer is then current
   * through at least that revision, or the call fails with UNAVAILABLE (REVISION_NOT_REACHED) within its deadline. A
   * write is visible to every read on the same replica from the moment it is answered.
   * Writes take request_id: sent again with the same request within 24 hours by the same caller, the first answer is
   * given again and nothing is written; with another request the call fails with ALREADY_EXISTS (REQUEST_ID_REUSED).
   * A caller may have rights to some providers only. What is of others does not exist for it: it is left out of lists,
   * counts and streams, and asking for it fails as for what there is not. Writing or refreshing it fails with
   * PERMISSION_DENIED (PROVIDER_DENIED).
   * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
   * RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and DEADLINE_EXCEEDED beside
   * what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION). A call without a deadline
   * has 10 seconds; refreshes have 10 minutes.
   * </pre>
   */
  public static final class DiscoveryServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<DiscoveryServiceBlockingStub> {
    private DiscoveryServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DiscoveryServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DiscoveryServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Asks every source of one provider now and writes what changed. A refresh of the same source that runs already, on
     * any replica, is joined. Where some sources fail the answer names them; where all fail the call fails with
     * UNAVAILABLE (SOURCE_UNAVAILABLE, SOURCE_MALFORMED, SOURCE_RATE_LIMITED) or FAILED_PRECONDITION
     * (SOURCE_UNAUTHENTICATED). NOT_FOUND (PROVIDER_NOT_FOUND) where no source knows the provider. Works while
     * discovery is stopped. An error, an empty or a truncated listing removes no model.
     * </pre>
     */
    public dev.modeldex.v1.RefreshProviderResponse refreshProvider(dev.modeldex.v1.RefreshProviderRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRefreshProviderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Asks the sources of several providers side by side and streams a result for each provider as it ends. The failure
     * of one is part of its result and does not end the stream.
     * </pre>
     */
    public java.util.Iterator<dev.modeldex.v1.RefreshProvidersResponse> refreshProviders(
        dev.modeldex.v1.RefreshProvidersRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getRefreshProvidersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives one model, as it is or as it was at a time or a revision. NOT_FOUND (MODEL_NOT_FOUND) where there is none or it
     * was deleted. As of a time or a revision: OUT_OF_RANGE (FUTURE_REVISION, FUTURE_TIME) for one that is yet to come, and
     * FAILED_PRECONDITION (VERSION_PURGED) where history does not keep the document of then.
     * </pre>
     */
    public dev.modeldex.v1.GetModelResponse getModel(dev.modeldex.v1.GetModelRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives up to 1,000 models by id. Ids without a model are listed, not an error.
     * </pre>
     */
    public dev.modeldex.v1.BatchGetModelsResponse batchGetModels(dev.modeldex.v1.BatchGetModelsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchGetModelsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists models by a filter, in a stated order, page by page. Models whose sort value does not change while a caller
     * pages are neither skipped nor repeated. INVALID_ARGUMENT (INVALID_PAGE_TOKEN) for a token of another query. As of a
     * time or a revision every page is of the one revision that as_of_revision names, and errors are as in GetModel.
     * </pre>
     */
    public dev.modeldex.v1.ListModelsResponse listModels(dev.modeldex.v1.ListModelsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListModelsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Saves a private model: creates it, or replaces its document whole. A document equal to the current one makes no
     * version. FAILED_PRECONDITION (MANAGED_BY_SOURCE) where a source lists the id; ABORTED (VERSION_MISMATCH) where
     * expected_version is not the current version. A deleted model is undeleted by saving it.
     * </pre>
     */
    public dev.modeldex.v1.SaveModelResponse saveModel(dev.modeldex.v1.SaveModelRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSaveModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a private model. Its versions stay, and UndeleteModel brings it back. NOT_FOUND (MODEL_NOT_FOUND),
     * FAILED_PRECONDITION (MANAGED_BY_SOURCE), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.DeleteModelResponse deleteModel(dev.modeldex.v1.DeleteModelRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Brings a deleted private model back as it was. NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION
     * (MODEL_NOT_DELETED, MANAGED_BY_SOURCE), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.UndeleteModelResponse undeleteModel(dev.modeldex.v1.UndeleteModelRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUndeleteModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts the models by provider, capability and stage.
     * </pre>
     */
    public dev.modeldex.v1.GetModelStatsResponse getModelStats(dev.modeldex.v1.GetModelStatsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetModelStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives what is known of a model's capabilities, its limits and modalities among them. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.GetModelCapabilitiesResponse getModelCapabilities(dev.modeldex.v1.GetModelCapabilitiesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetModelCapabilitiesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says for each required capability whether the model has it, has it not, or nobody knows. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.ValidateModelCapabilitiesResponse validateModelCapabilities(dev.modeldex.v1.ValidateModelCapabilitiesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getValidateModelCapabilitiesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the benchmark results of a model, newest first. NOT_FOUND (MODEL_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.ListModelBenchmarksResponse listModelBenchmarks(dev.modeldex.v1.ListModelBenchmarksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListModelBenchmarksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Runs a benchmark against a model. FAILED_PRECONDITION (BENCHMARKS_DISABLED) while this server has none switched
     * on; NOT_FOUND (MODEL_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.BenchmarkModelResponse benchmarkModel(dev.modeldex.v1.BenchmarkModelRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBenchmarkModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says how discovery, its sources, the store and the replicas are.
     * </pre>
     */
    public dev.modeldex.v1.GetStatusResponse getStatus(dev.modeldex.v1.GetStatusRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetStatusMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives the configuration of discovery that is in force.
     * </pre>
     */
    public dev.modeldex.v1.GetConfigurationResponse getConfiguration(dev.modeldex.v1.GetConfigurationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetConfigurationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the configuration for all replicas, at once and for good. FAILED_PRECONDITION (CONFIGURATION_FIXED) for a
     * field that the server's environment or file sets; ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.UpdateConfigurationResponse updateConfiguration(dev.modeldex.v1.UpdateConfigurationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateConfigurationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Starts the refreshes at intervals, on all replicas and for good. Starting what runs changes nothing.
     * </pre>
     */
    public dev.modeldex.v1.StartDiscoveryResponse startDiscovery(dev.modeldex.v1.StartDiscoveryRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getStartDiscoveryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Stops the refreshes at intervals, on all replicas and for good: a restart does not start them again. A refresh
     * that runs is finished. RefreshProvider and RefreshProviders still work.
     * </pre>
     */
    public dev.modeldex.v1.StopDiscoveryResponse stopDiscovery(dev.modeldex.v1.StopDiscoveryRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getStopDiscoveryMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service DiscoveryService.
   * <pre>
   * DiscoveryService finds models at their providers, keeps them, and answers which exist and what they can do.
   * Every answer carries the revision that it is current through. Reads take min_revision: the answer is then current
   * through at least that revision, or the call fails with UNAVAILABLE (REVISION_NOT_REACHED) within its deadline. A
   * write is visible to every read on the same replica from the moment it is answered.
   * Writes take request_id: sent again with the same request within 24 hours by the same caller, the first answer is
   * given again and nothing is written; with another request the call fails with ALREADY_EXISTS (REQUEST_ID_REUSED).
   * A caller may have rights to some providers only. What is of others does not exist for it: it is left out of lists,
   * counts and streams, and asking for it fails as for what there is not. Writing or refreshing it fails with
   * PERMISSION_DENIED (PROVIDER_DENIED).
   * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
   * RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and DEADLINE_EXCEEDED beside
   * what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION). A call without a deadline
   * has 10 seconds; refreshes have 10 minutes.
   * </pre>
   */
  public static final class DiscoveryServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<DiscoveryServiceFutureStub> {
    private DiscoveryServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DiscoveryServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DiscoveryServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Asks every source of one provider now and writes what changed. A refresh of the same source that runs already, on
     * any replica, is joined. Where some sources fail the answer names them; where all fail the call fails with
     * UNAVAILABLE (SOURCE_UNAVAILABLE, SOURCE_MALFORMED, SOURCE_RATE_LIMITED) or FAILED_PRECONDITION
     * (SOURCE_UNAUTHENTICATED). NOT_FOUND (PROVIDER_NOT_FOUND) where no source knows the provider. Works while
     * discovery is stopped. An error, an empty or a truncated listing removes no model.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.RefreshProviderResponse> refreshProvider(
        dev.modeldex.v1.RefreshProviderRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRefreshProviderMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Gives one model, as it is or as it was at a time or a revision. NOT_FOUND (MODEL_NOT_FOUND) where there is none or it
     * was deleted. As of a time or a revision: OUT_OF_RANGE (FUTURE_REVISION, FUTURE_TIME) for one that is yet to come, and
     * FAILED_PRECONDITION (VERSION_PURGED) where history does not keep the document of then.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetModelResponse> getModel(
        dev.modeldex.v1.GetModelRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetModelMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Gives up to 1,000 models by id. Ids without a model are listed, not an error.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.BatchGetModelsResponse> batchGetModels(
        dev.modeldex.v1.BatchGetModelsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchGetModelsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists models by a filter, in a stated order, page by page. Models whose sort value does not change while a caller
     * pages are neither skipped nor repeated. INVALID_ARGUMENT (INVALID_PAGE_TOKEN) for a token of another query. As of a
     * time or a revision every page is of the one revision that as_of_revision names, and errors are as in GetModel.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListModelsResponse> listModels(
        dev.modeldex.v1.ListModelsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListModelsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Saves a private model: creates it, or replaces its document whole. A document equal to the current one makes no
     * version. FAILED_PRECONDITION (MANAGED_BY_SOURCE) where a source lists the id; ABORTED (VERSION_MISMATCH) where
     * expected_version is not the current version. A deleted model is undeleted by saving it.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.SaveModelResponse> saveModel(
        dev.modeldex.v1.SaveModelRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSaveModelMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes a private model. Its versions stay, and UndeleteModel brings it back. NOT_FOUND (MODEL_NOT_FOUND),
     * FAILED_PRECONDITION (MANAGED_BY_SOURCE), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.DeleteModelResponse> deleteModel(
        dev.modeldex.v1.DeleteModelRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteModelMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Brings a deleted private model back as it was. NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION
     * (MODEL_NOT_DELETED, MANAGED_BY_SOURCE), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.UndeleteModelResponse> undeleteModel(
        dev.modeldex.v1.UndeleteModelRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUndeleteModelMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Counts the models by provider, capability and stage.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetModelStatsResponse> getModelStats(
        dev.modeldex.v1.GetModelStatsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetModelStatsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Gives what is known of a model's capabilities, its limits and modalities among them. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetModelCapabilitiesResponse> getModelCapabilities(
        dev.modeldex.v1.GetModelCapabilitiesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetModelCapabilitiesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Says for each required capability whether the model has it, has it not, or nobody knows. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ValidateModelCapabilitiesResponse> validateModelCapabilities(
        dev.modeldex.v1.ValidateModelCapabilitiesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getValidateModelCapabilitiesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the benchmark results of a model, newest first. NOT_FOUND (MODEL_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListModelBenchmarksResponse> listModelBenchmarks(
        dev.modeldex.v1.ListModelBenchmarksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListModelBenchmarksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Runs a benchmark against a model. FAILED_PRECONDITION (BENCHMARKS_DISABLED) while this server has none switched
     * on; NOT_FOUND (MODEL_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.BenchmarkModelResponse> benchmarkModel(
        dev.modeldex.v1.BenchmarkModelRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBenchmarkModelMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Says how discovery, its sources, the store and the replicas are.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetStatusResponse> getStatus(
        dev.modeldex.v1.GetStatusRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetStatusMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Gives the configuration of discovery that is in force.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetConfigurationResponse> getConfiguration(
        dev.modeldex.v1.GetConfigurationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetConfigurationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes the configuration for all replicas, at once and for good. FAILED_PRECONDITION (CONFIGURATION_FIXED) for a
     * field that the server's environment or file sets; ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.UpdateConfigurationResponse> updateConfiguration(
        dev.modeldex.v1.UpdateConfigurationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateConfigurationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Starts the refreshes at intervals, on all replicas and for good. Starting what runs changes nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.StartDiscoveryResponse> startDiscovery(
        dev.modeldex.v1.StartDiscoveryRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getStartDiscoveryMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Stops the refreshes at intervals, on all replicas and for good: a restart does not start them again. A refresh
     * that runs is finished. RefreshProvider and RefreshProviders still work.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.StopDiscoveryResponse> stopDiscovery(
        dev.modeldex.v1.StopDiscoveryRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getStopDiscoveryMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_REFRESH_PROVIDER = 0;
  private static final int METHODID_REFRESH_PROVIDERS = 1;
  private static final int METHODID_GET_MODEL = 2;
  private static final int METHODID_BATCH_GET_MODELS = 3;
  private static final int METHODID_LIST_MODELS = 4;
  private static final int METHODID_SAVE_MODEL = 5;
  private static final int METHODID_DELETE_MODEL = 6;
  private static final int METHODID_UNDELETE_MODEL = 7;
  private static final int METHODID_GET_MODEL_STATS = 8;
  private static final int METHODID_GET_MODEL_CAPABILITIES = 9;
  private static final int METHODID_VALIDATE_MODEL_CAPABILITIES = 10;
  private static final int METHODID_LIST_MODEL_BENCHMARKS = 11;
  private static final int METHODID_BENCHMARK_MODEL = 12;
  private static final int METHODID_GET_STATUS = 13;
  private static final int METHODID_GET_CONFIGURATION = 14;
  private static final int METHODID_UPDATE_CONFIGURATION = 15;
  private static final int METHODID_START_DISCOVERY = 16;
  private static final int METHODID_STOP_DISCOVERY = 17;

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
        case METHODID_REFRESH_PROVIDER:
          serviceImpl.refreshProvider((dev.modeldex.v1.RefreshProviderRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.RefreshProviderResponse>) responseObserver);
          break;
        case METHODID_REFRESH_PROVIDERS:
          serviceImpl.refreshProviders((dev.modeldex.v1.RefreshProvidersRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.RefreshProvidersResponse>) responseObserver);
          break;
        case METHODID_GET_MODEL:
          serviceImpl.getModel((dev.modeldex.v1.GetModelRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetModelResponse>) responseObserver);
          break;
        case METHODID_BATCH_GET_MODELS:
          serviceImpl.batchGetModels((dev.modeldex.v1.BatchGetModelsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.BatchGetModelsResponse>) responseObserver);
          break;
        case METHODID_LIST_MODELS:
          serviceImpl.listModels((dev.modeldex.v1.ListModelsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelsResponse>) responseObserver);
          break;
        case METHODID_SAVE_MODEL:
          serviceImpl.saveModel((dev.modeldex.v1.SaveModelRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.SaveModelResponse>) responseObserver);
          break;
        case METHODID_DELETE_MODEL:
          serviceImpl.deleteModel((dev.modeldex.v1.DeleteModelRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteModelResponse>) responseObserver);
          break;
        case METHODID_UNDELETE_MODEL:
          serviceImpl.undeleteModel((dev.modeldex.v1.UndeleteModelRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.UndeleteModelResponse>) responseObserver);
          break;
        case METHODID_GET_MODEL_STATS:
          serviceImpl.getModelStats((dev.modeldex.v1.GetModelStatsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetModelStatsResponse>) responseObserver);
          break;
        case METHODID_GET_MODEL_CAPABILITIES:
          serviceImpl.getModelCapabilities((dev.modeldex.v1.GetModelCapabilitiesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetModelCapabilitiesResponse>) responseObserver);
          break;
        case METHODID_VALIDATE_MODEL_CAPABILITIES:
          serviceImpl.validateModelCapabilities((dev.modeldex.v1.ValidateModelCapabilitiesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ValidateModelCapabilitiesResponse>) responseObserver);
          break;
        case METHODID_LIST_MODEL_BENCHMARKS:
          serviceImpl.listModelBenchmarks((dev.modeldex.v1.ListModelBenchmarksRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelBenchmarksResponse>) responseObserver);
          break;
        case METHODID_BENCHMARK_MODEL:
          serviceImpl.benchmarkModel((dev.modeldex.v1.BenchmarkModelRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.BenchmarkModelResponse>) responseObserver);
          break;
        case METHODID_GET_STATUS:
          serviceImpl.getStatus((dev.modeldex.v1.GetStatusRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetStatusResponse>) responseObserver);
          break;
        case METHODID_GET_CONFIGURATION:
          serviceImpl.getConfiguration((dev.modeldex.v1.GetConfigurationRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetConfigurationResponse>) responseObserver);
          break;
        case METHODID_UPDATE_CONFIGURATION:
          serviceImpl.updateConfiguration((dev.modeldex.v1.UpdateConfigurationRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.UpdateConfigurationResponse>) responseObserver);
          break;
        case METHODID_START_DISCOVERY:
          serviceImpl.startDiscovery((dev.modeldex.v1.StartDiscoveryRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.StartDiscoveryResponse>) responseObserver);
          break;
        case METHODID_STOP_DISCOVERY:
          serviceImpl.stopDiscovery((dev.modeldex.v1.StopDiscoveryRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.StopDiscoveryResponse>) responseObserver);
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
          getRefreshProviderMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.RefreshProviderRequest,
              dev.modeldex.v1.RefreshProviderResponse>(
                service, METHODID_REFRESH_PROVIDER)))
        .addMethod(
          getRefreshProvidersMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.modeldex.v1.RefreshProvidersRequest,
              dev.modeldex.v1.RefreshProvidersResponse>(
                service, METHODID_REFRESH_PROVIDERS)))
        .addMethod(
          getGetModelMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetModelRequest,
              dev.modeldex.v1.GetModelResponse>(
                service, METHODID_GET_MODEL)))
        .addMethod(
          getBatchGetModelsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.BatchGetModelsRequest,
              dev.modeldex.v1.BatchGetModelsResponse>(
                service, METHODID_BATCH_GET_MODELS)))
        .addMethod(
          getListModelsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListModelsRequest,
              dev.modeldex.v1.ListModelsResponse>(
                service, METHODID_LIST_MODELS)))
        .addMethod(
          getSaveModelMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.SaveModelRequest,
              dev.modeldex.v1.SaveModelResponse>(
                service, METHODID_SAVE_MODEL)))
        .addMethod(
          getDeleteModelMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.DeleteModelRequest,
              dev.modeldex.v1.DeleteModelResponse>(
                service, METHODID_DELETE_MODEL)))
        .addMethod(
          getUndeleteModelMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.UndeleteModelRequest,
              dev.modeldex.v1.UndeleteModelResponse>(
                service, METHODID_UNDELETE_MODEL)))
        .addMethod(
          getGetModelStatsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetModelStatsRequest,
              dev.modeldex.v1.GetModelStatsResponse>(
                service, METHODID_GET_MODEL_STATS)))
        .addMethod(
          getGetModelCapabilitiesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetModelCapabilitiesRequest,
              dev.modeldex.v1.GetModelCapabilitiesResponse>(
                service, METHODID_GET_MODEL_CAPABILITIES)))
        .addMethod(
          getValidateModelCapabilitiesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ValidateModelCapabilitiesRequest,
              dev.modeldex.v1.ValidateModelCapabilitiesResponse>(
                service, METHODID_VALIDATE_MODEL_CAPABILITIES)))
        .addMethod(
          getListModelBenchmarksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListModelBenchmarksRequest,
              dev.modeldex.v1.ListModelBenchmarksResponse>(
                service, METHODID_LIST_MODEL_BENCHMARKS)))
        .addMethod(
          getBenchmarkModelMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.BenchmarkModelRequest,
              dev.modeldex.v1.BenchmarkModelResponse>(
                service, METHODID_BENCHMARK_MODEL)))
        .addMethod(
          getGetStatusMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetStatusRequest,
              dev.modeldex.v1.GetStatusResponse>(
                service, METHODID_GET_STATUS)))
        .addMethod(
          getGetConfigurationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetConfigurationRequest,
              dev.modeldex.v1.GetConfigurationResponse>(
                service, METHODID_GET_CONFIGURATION)))
        .addMethod(
          getUpdateConfigurationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.UpdateConfigurationRequest,
              dev.modeldex.v1.UpdateConfigurationResponse>(
                service, METHODID_UPDATE_CONFIGURATION)))
        .addMethod(
          getStartDiscoveryMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.StartDiscoveryRequest,
              dev.modeldex.v1.StartDiscoveryResponse>(
                service, METHODID_START_DISCOVERY)))
        .addMethod(
          getStopDiscoveryMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.StopDiscoveryRequest,
              dev.modeldex.v1.StopDiscoveryResponse>(
                service, METHODID_STOP_DISCOVERY)))
        .build();
  }

  private static abstract class DiscoveryServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    DiscoveryServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.modeldex.v1.DiscoveryServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("DiscoveryService");
    }
  }

  private static final class DiscoveryServiceFileDescriptorSupplier
      extends DiscoveryServiceBaseDescriptorSupplier {
    DiscoveryServiceFileDescriptorSupplier() {}
  }

  private static final class DiscoveryServiceMethodDescriptorSupplier
      extends DiscoveryServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    DiscoveryServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (DiscoveryServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new DiscoveryServiceFileDescriptorSupplier())
              .addMethod(getRefreshProviderMethod())
              .addMethod(getRefreshProvidersMethod())
              .addMethod(getGetModelMethod())
              .addMethod(getBatchGetModelsMethod())
              .addMethod(getListModelsMethod())
              .addMethod(getSaveModelMethod())
              .addMethod(getDeleteModelMethod())
              .addMethod(getUndeleteModelMethod())
              .addMethod(getGetModelStatsMethod())
              .addMethod(getGetModelCapabilitiesMethod())
              .addMethod(getValidateModelCapabilitiesMethod())
              .addMethod(getListModelBenchmarksMethod())
              .addMethod(getBenchmarkModelMethod())
              .addMethod(getGetStatusMethod())
              .addMethod(getGetConfigurationMethod())
              .addMethod(getUpdateConfigurationMethod())
              .addMethod(getStartDiscoveryMethod())
              .addMethod(getStopDiscoveryMethod())
              .build();
        }
      }
    }
    return result;
  }
}
