package dev.modeldex.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * HistoryService reads the versions of models, compares them, lists what changed and who changed it, and rolls models
 * forward to what they were, with approval where the server's policy asks for it.
 * Every change of a model (CREATE, UPDATE, DELETE, UNDELETE, ROLLBACK, PIN, UNPIN) is one immutable version with its
 * whole document. A write that leaves document and pins as they are makes none. GetModel and ListModels read the
 * catalogue as of a time or a revision.
 * A caller may have rights to some providers only. What is of others does not exist for it: reads fail as for what there
 * is not, lists leave it out, and writes fail with PERMISSION_DENIED (PROVIDER_DENIED).
 * Every answer carries the revision that it is current through. Reads take min_revision; writes take request_id, as in
 * DiscoveryService. Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST,
 * MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and
 * DEADLINE_EXCEEDED beside what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION).
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class HistoryServiceGrpc {

  private HistoryServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "modeldex.v1.HistoryService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelVersionsRequest,
      dev.modeldex.v1.ListModelVersionsResponse> getListModelVersionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListModelVersions",
      requestType = dev.modeldex.v1.ListModelVersionsRequest.class,
      responseType = dev.modeldex.v1.ListModelVersionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelVersionsRequest,
      dev.modeldex.v1.ListModelVersionsResponse> getListModelVersionsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelVersionsRequest, dev.modeldex.v1.ListModelVersionsResponse> getListModelVersionsMethod;
    if ((getListModelVersionsMethod = HistoryServiceGrpc.getListModelVersionsMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getListModelVersionsMethod = HistoryServiceGrpc.getListModelVersionsMethod) == null) {
          HistoryServiceGrpc.getListModelVersionsMethod = getListModelVersionsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListModelVersionsRequest, dev.modeldex.v1.ListModelVersionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListModelVersions"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListModelVersionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListModelVersionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("ListModelVersions"))
              .build();
        }
      }
    }
    return getListModelVersionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetModelVersionRequest,
      dev.modeldex.v1.GetModelVersionResponse> getGetModelVersionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetModelVersion",
      requestType = dev.modeldex.v1.GetModelVersionRequest.class,
      responseType = dev.modeldex.v1.GetModelVersionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetModelVersionRequest,
      dev.modeldex.v1.GetModelVersionResponse> getGetModelVersionMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetModelVersionRequest, dev.modeldex.v1.GetModelVersionResponse> getGetModelVersionMethod;
    if ((getGetModelVersionMethod = HistoryServiceGrpc.getGetModelVersionMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getGetModelVersionMethod = HistoryServiceGrpc.getGetModelVersionMethod) == null) {
          HistoryServiceGrpc.getGetModelVersionMethod = getGetModelVersionMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetModelVersionRequest, dev.modeldex.v1.GetModelVersionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetModelVersion"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetModelVersionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetModelVersionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("GetModelVersion"))
              .build();
        }
      }
    }
    return getGetModelVersionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.CompareModelVersionsRequest,
      dev.modeldex.v1.CompareModelVersionsResponse> getCompareModelVersionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CompareModelVersions",
      requestType = dev.modeldex.v1.CompareModelVersionsRequest.class,
      responseType = dev.modeldex.v1.CompareModelVersionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.CompareModelVersionsRequest,
      dev.modeldex.v1.CompareModelVersionsResponse> getCompareModelVersionsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.CompareModelVersionsRequest, dev.modeldex.v1.CompareModelVersionsResponse> getCompareModelVersionsMethod;
    if ((getCompareModelVersionsMethod = HistoryServiceGrpc.getCompareModelVersionsMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getCompareModelVersionsMethod = HistoryServiceGrpc.getCompareModelVersionsMethod) == null) {
          HistoryServiceGrpc.getCompareModelVersionsMethod = getCompareModelVersionsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.CompareModelVersionsRequest, dev.modeldex.v1.CompareModelVersionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CompareModelVersions"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CompareModelVersionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CompareModelVersionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("CompareModelVersions"))
              .build();
        }
      }
    }
    return getCompareModelVersionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelChangesRequest,
      dev.modeldex.v1.ListModelChangesResponse> getListModelChangesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListModelChanges",
      requestType = dev.modeldex.v1.ListModelChangesRequest.class,
      responseType = dev.modeldex.v1.ListModelChangesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelChangesRequest,
      dev.modeldex.v1.ListModelChangesResponse> getListModelChangesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelChangesRequest, dev.modeldex.v1.ListModelChangesResponse> getListModelChangesMethod;
    if ((getListModelChangesMethod = HistoryServiceGrpc.getListModelChangesMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getListModelChangesMethod = HistoryServiceGrpc.getListModelChangesMethod) == null) {
          HistoryServiceGrpc.getListModelChangesMethod = getListModelChangesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListModelChangesRequest, dev.modeldex.v1.ListModelChangesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListModelChanges"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListModelChangesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListModelChangesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("ListModelChanges"))
              .build();
        }
      }
    }
    return getListModelChangesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetVersionStatsRequest,
      dev.modeldex.v1.GetVersionStatsResponse> getGetVersionStatsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetVersionStats",
      requestType = dev.modeldex.v1.GetVersionStatsRequest.class,
      responseType = dev.modeldex.v1.GetVersionStatsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetVersionStatsRequest,
      dev.modeldex.v1.GetVersionStatsResponse> getGetVersionStatsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetVersionStatsRequest, dev.modeldex.v1.GetVersionStatsResponse> getGetVersionStatsMethod;
    if ((getGetVersionStatsMethod = HistoryServiceGrpc.getGetVersionStatsMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getGetVersionStatsMethod = HistoryServiceGrpc.getGetVersionStatsMethod) == null) {
          HistoryServiceGrpc.getGetVersionStatsMethod = getGetVersionStatsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetVersionStatsRequest, dev.modeldex.v1.GetVersionStatsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetVersionStats"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetVersionStatsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetVersionStatsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("GetVersionStats"))
              .build();
        }
      }
    }
    return getGetVersionStatsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.RequestRollbackRequest,
      dev.modeldex.v1.RequestRollbackResponse> getRequestRollbackMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RequestRollback",
      requestType = dev.modeldex.v1.RequestRollbackRequest.class,
      responseType = dev.modeldex.v1.RequestRollbackResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.RequestRollbackRequest,
      dev.modeldex.v1.RequestRollbackResponse> getRequestRollbackMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.RequestRollbackRequest, dev.modeldex.v1.RequestRollbackResponse> getRequestRollbackMethod;
    if ((getRequestRollbackMethod = HistoryServiceGrpc.getRequestRollbackMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getRequestRollbackMethod = HistoryServiceGrpc.getRequestRollbackMethod) == null) {
          HistoryServiceGrpc.getRequestRollbackMethod = getRequestRollbackMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.RequestRollbackRequest, dev.modeldex.v1.RequestRollbackResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RequestRollback"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RequestRollbackRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RequestRollbackResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("RequestRollback"))
              .build();
        }
      }
    }
    return getRequestRollbackMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ApproveRollbackRequest,
      dev.modeldex.v1.ApproveRollbackResponse> getApproveRollbackMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ApproveRollback",
      requestType = dev.modeldex.v1.ApproveRollbackRequest.class,
      responseType = dev.modeldex.v1.ApproveRollbackResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ApproveRollbackRequest,
      dev.modeldex.v1.ApproveRollbackResponse> getApproveRollbackMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ApproveRollbackRequest, dev.modeldex.v1.ApproveRollbackResponse> getApproveRollbackMethod;
    if ((getApproveRollbackMethod = HistoryServiceGrpc.getApproveRollbackMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getApproveRollbackMethod = HistoryServiceGrpc.getApproveRollbackMethod) == null) {
          HistoryServiceGrpc.getApproveRollbackMethod = getApproveRollbackMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ApproveRollbackRequest, dev.modeldex.v1.ApproveRollbackResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ApproveRollback"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ApproveRollbackRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ApproveRollbackResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("ApproveRollback"))
              .build();
        }
      }
    }
    return getApproveRollbackMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.RejectRollbackRequest,
      dev.modeldex.v1.RejectRollbackResponse> getRejectRollbackMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RejectRollback",
      requestType = dev.modeldex.v1.RejectRollbackRequest.class,
      responseType = dev.modeldex.v1.RejectRollbackResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.RejectRollbackRequest,
      dev.modeldex.v1.RejectRollbackResponse> getRejectRollbackMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.RejectRollbackRequest, dev.modeldex.v1.RejectRollbackResponse> getRejectRollbackMethod;
    if ((getRejectRollbackMethod = HistoryServiceGrpc.getRejectRollbackMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getRejectRollbackMethod = HistoryServiceGrpc.getRejectRollbackMethod) == null) {
          HistoryServiceGrpc.getRejectRollbackMethod = getRejectRollbackMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.RejectRollbackRequest, dev.modeldex.v1.RejectRollbackResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RejectRollback"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RejectRollbackRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RejectRollbackResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("RejectRollback"))
              .build();
        }
      }
    }
    return getRejectRollbackMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.CancelRollbackRequest,
      dev.modeldex.v1.CancelRollbackResponse> getCancelRollbackMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CancelRollback",
      requestType = dev.modeldex.v1.CancelRollbackRequest.class,
      responseType = dev.modeldex.v1.CancelRollbackResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.CancelRollbackRequest,
      dev.modeldex.v1.CancelRollbackResponse> getCancelRollbackMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.CancelRollbackRequest, dev.modeldex.v1.CancelRollbackResponse> getCancelRollbackMethod;
    if ((getCancelRollbackMethod = HistoryServiceGrpc.getCancelRollbackMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getCancelRollbackMethod = HistoryServiceGrpc.getCancelRollbackMethod) == null) {
          HistoryServiceGrpc.getCancelRollbackMethod = getCancelRollbackMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.CancelRollbackRequest, dev.modeldex.v1.CancelRollbackResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CancelRollback"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CancelRollbackRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CancelRollbackResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("CancelRollback"))
              .build();
        }
      }
    }
    return getCancelRollbackMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetRollbackRequest,
      dev.modeldex.v1.GetRollbackResponse> getGetRollbackMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetRollback",
      requestType = dev.modeldex.v1.GetRollbackRequest.class,
      responseType = dev.modeldex.v1.GetRollbackResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetRollbackRequest,
      dev.modeldex.v1.GetRollbackResponse> getGetRollbackMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetRollbackRequest, dev.modeldex.v1.GetRollbackResponse> getGetRollbackMethod;
    if ((getGetRollbackMethod = HistoryServiceGrpc.getGetRollbackMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getGetRollbackMethod = HistoryServiceGrpc.getGetRollbackMethod) == null) {
          HistoryServiceGrpc.getGetRollbackMethod = getGetRollbackMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetRollbackRequest, dev.modeldex.v1.GetRollbackResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetRollback"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetRollbackRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetRollbackResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("GetRollback"))
              .build();
        }
      }
    }
    return getGetRollbackMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListRollbacksRequest,
      dev.modeldex.v1.ListRollbacksResponse> getListRollbacksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListRollbacks",
      requestType = dev.modeldex.v1.ListRollbacksRequest.class,
      responseType = dev.modeldex.v1.ListRollbacksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListRollbacksRequest,
      dev.modeldex.v1.ListRollbacksResponse> getListRollbacksMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListRollbacksRequest, dev.modeldex.v1.ListRollbacksResponse> getListRollbacksMethod;
    if ((getListRollbacksMethod = HistoryServiceGrpc.getListRollbacksMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getListRollbacksMethod = HistoryServiceGrpc.getListRollbacksMethod) == null) {
          HistoryServiceGrpc.getListRollbacksMethod = getListRollbacksMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListRollbacksRequest, dev.modeldex.v1.ListRollbacksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListRollbacks"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListRollbacksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListRollbacksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("ListRollbacks"))
              .build();
        }
      }
    }
    return getListRollbacksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.PinModelRequest,
      dev.modeldex.v1.PinModelResponse> getPinModelMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PinModel",
      requestType = dev.modeldex.v1.PinModelRequest.class,
      responseType = dev.modeldex.v1.PinModelResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.PinModelRequest,
      dev.modeldex.v1.PinModelResponse> getPinModelMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.PinModelRequest, dev.modeldex.v1.PinModelResponse> getPinModelMethod;
    if ((getPinModelMethod = HistoryServiceGrpc.getPinModelMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getPinModelMethod = HistoryServiceGrpc.getPinModelMethod) == null) {
          HistoryServiceGrpc.getPinModelMethod = getPinModelMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.PinModelRequest, dev.modeldex.v1.PinModelResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PinModel"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.PinModelRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.PinModelResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("PinModel"))
              .build();
        }
      }
    }
    return getPinModelMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.UnpinModelRequest,
      dev.modeldex.v1.UnpinModelResponse> getUnpinModelMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UnpinModel",
      requestType = dev.modeldex.v1.UnpinModelRequest.class,
      responseType = dev.modeldex.v1.UnpinModelResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.UnpinModelRequest,
      dev.modeldex.v1.UnpinModelResponse> getUnpinModelMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.UnpinModelRequest, dev.modeldex.v1.UnpinModelResponse> getUnpinModelMethod;
    if ((getUnpinModelMethod = HistoryServiceGrpc.getUnpinModelMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getUnpinModelMethod = HistoryServiceGrpc.getUnpinModelMethod) == null) {
          HistoryServiceGrpc.getUnpinModelMethod = getUnpinModelMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.UnpinModelRequest, dev.modeldex.v1.UnpinModelResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UnpinModel"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.UnpinModelRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.UnpinModelResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("UnpinModel"))
              .build();
        }
      }
    }
    return getUnpinModelMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelPinsRequest,
      dev.modeldex.v1.ListModelPinsResponse> getListModelPinsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListModelPins",
      requestType = dev.modeldex.v1.ListModelPinsRequest.class,
      responseType = dev.modeldex.v1.ListModelPinsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelPinsRequest,
      dev.modeldex.v1.ListModelPinsResponse> getListModelPinsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListModelPinsRequest, dev.modeldex.v1.ListModelPinsResponse> getListModelPinsMethod;
    if ((getListModelPinsMethod = HistoryServiceGrpc.getListModelPinsMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getListModelPinsMethod = HistoryServiceGrpc.getListModelPinsMethod) == null) {
          HistoryServiceGrpc.getListModelPinsMethod = getListModelPinsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListModelPinsRequest, dev.modeldex.v1.ListModelPinsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListModelPins"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListModelPinsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListModelPinsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("ListModelPins"))
              .build();
        }
      }
    }
    return getListModelPinsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.CleanupHistoryRequest,
      dev.modeldex.v1.CleanupHistoryResponse> getCleanupHistoryMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CleanupHistory",
      requestType = dev.modeldex.v1.CleanupHistoryRequest.class,
      responseType = dev.modeldex.v1.CleanupHistoryResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.CleanupHistoryRequest,
      dev.modeldex.v1.CleanupHistoryResponse> getCleanupHistoryMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.CleanupHistoryRequest, dev.modeldex.v1.CleanupHistoryResponse> getCleanupHistoryMethod;
    if ((getCleanupHistoryMethod = HistoryServiceGrpc.getCleanupHistoryMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getCleanupHistoryMethod = HistoryServiceGrpc.getCleanupHistoryMethod) == null) {
          HistoryServiceGrpc.getCleanupHistoryMethod = getCleanupHistoryMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.CleanupHistoryRequest, dev.modeldex.v1.CleanupHistoryResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CleanupHistory"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CleanupHistoryRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CleanupHistoryResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("CleanupHistory"))
              .build();
        }
      }
    }
    return getCleanupHistoryMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListAuditEventsRequest,
      dev.modeldex.v1.ListAuditEventsResponse> getListAuditEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListAuditEvents",
      requestType = dev.modeldex.v1.ListAuditEventsRequest.class,
      responseType = dev.modeldex.v1.ListAuditEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListAuditEventsRequest,
      dev.modeldex.v1.ListAuditEventsResponse> getListAuditEventsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListAuditEventsRequest, dev.modeldex.v1.ListAuditEventsResponse> getListAuditEventsMethod;
    if ((getListAuditEventsMethod = HistoryServiceGrpc.getListAuditEventsMethod) == null) {
      synchronized (HistoryServiceGrpc.class) {
        if ((getListAuditEventsMethod = HistoryServiceGrpc.getListAuditEventsMethod) == null) {
          HistoryServiceGrpc.getListAuditEventsMethod = getListAuditEventsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListAuditEventsRequest, dev.modeldex.v1.ListAuditEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListAuditEvents"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListAuditEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListAuditEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new HistoryServiceMethodDescriptorSupplier("ListAuditEvents"))
              .build();
        }
      }
    }
    return getListAuditEventsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static HistoryServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<HistoryServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<HistoryServiceStub>() {
        @java.lang.Override
        public HistoryServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new HistoryServiceStub(channel, callOptions);
        }
      };
    return HistoryServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static HistoryServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<HistoryServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<HistoryServiceBlockingV2Stub>() {
        @java.lang.Override
        public HistoryServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new HistoryServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return HistoryServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static HistoryServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<HistoryServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<HistoryServiceBlockingStub>() {
        @java.lang.Override
        public HistoryServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new HistoryServiceBlockingStub(channel, callOptions);
        }
      };
    return HistoryServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static HistoryServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<HistoryServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<HistoryServiceFutureStub>() {
        @java.lang.Override
        public HistoryServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new HistoryServiceFutureStub(channel, callOptions);
        }
      };
    return HistoryServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * HistoryService reads the versions of models, compares them, lists what changed and who changed it, and rolls models
   * forward to what they were, with approval where the server's policy asks for it.
   * Every change of a model (CREATE, UPDATE, DELETE, UNDELETE, ROLLBACK, PIN, UNPIN) is one immutable version with its
   * whole document. A write that leaves document and pins as they are makes none. GetModel and ListModels read the
   * catalogue as of a time or a revision.
   * A caller may have rights to some providers only. What is of others does not exist for it: reads fail as for what there
   * is not, lists leave it out, and writes fail with PERMISSION_DENIED (PROVIDER_DENIED).
   * Every answer carries the revision that it is current through. Reads take min_revision; writes take request_id, as in
   * DiscoveryService. Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST,
   * MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and
   * DEADLINE_EXCEEDED beside what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION).
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Lists the versions of a model, newest first, also of a deleted model, and those that were purged. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    default void listModelVersions(dev.modeldex.v1.ListModelVersionsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelVersionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListModelVersionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Gives one version with the whole model, or the newest. NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND),
     * FAILED_PRECONDITION (VERSION_PURGED).
     * </pre>
     */
    default void getModelVersion(dev.modeldex.v1.GetModelVersionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetModelVersionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetModelVersionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Compares any two versions of a model in either direction, or one with the current version. The diff is computed from
     * the two documents; a deletion is an empty document. NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND),
     * FAILED_PRECONDITION (VERSION_PURGED).
     * </pre>
     */
    default void compareModelVersions(dev.modeldex.v1.CompareModelVersionsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CompareModelVersionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCompareModelVersionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists changes across models, newest first. A page may hold fewer changes than asked for, also none, while there is a
     * next page: where a filter matches little, it says where to go on after it has looked at 20,000 versions.
     * </pre>
     */
    default void listModelChanges(dev.modeldex.v1.ListModelChangesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelChangesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListModelChangesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Counts versions and rollbacks.
     * </pre>
     */
    default void getVersionStats(dev.modeldex.v1.GetVersionStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetVersionStatsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetVersionStatsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Asks to put an earlier version of a model back. Where the server's policy asks for no approval it is executed at
     * once: the answer is EXECUTED. Otherwise it is PENDING, and shows what it would change. An executed rollback is a new
     * version with the document of the target; where sources list the model it is pinned with it, in the place of all its
     * pins, so that no refresh undoes it. A model that was deleted comes back. With break_glass it is executed without
     * approval: that needs the role break_glass beside writer (PERMISSION_DENIED) and a reason, and is told as an ALERT on
     * the feed.
     * NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND), FAILED_PRECONDITION (VERSION_PURGED, VERSION_IS_DELETION,
     * ROLLBACK_CHANGES_NOTHING, ROLLBACK_PENDING, ROLLBACK_DISABLED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    default void requestRollback(dev.modeldex.v1.RequestRollbackRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RequestRollbackResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRequestRollbackMethod(), responseObserver);
    }

    /**
     * <pre>
     * Approves a rollback, by the diff that the approver saw. The last approval that is needed executes it, in the same
     * transaction. Approving twice counts once and answers with where it stands. NOT_FOUND (ROLLBACK_NOT_FOUND),
     * PERMISSION_DENIED (SELF_APPROVAL), FAILED_PRECONDITION (ROLLBACK_FINISHED, ROLLBACK_STALE, ROLLBACK_EXPIRED,
     * ROLLBACK_DIFF_MISMATCH, ROLLBACK_DISABLED).
     * </pre>
     */
    default void approveRollback(dev.modeldex.v1.ApproveRollbackRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ApproveRollbackResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getApproveRollbackMethod(), responseObserver);
    }

    /**
     * <pre>
     * Rejects a rollback, for good. NOT_FOUND (ROLLBACK_NOT_FOUND), FAILED_PRECONDITION (ROLLBACK_FINISHED,
     * ROLLBACK_STALE, ROLLBACK_EXPIRED).
     * </pre>
     */
    default void rejectRollback(dev.modeldex.v1.RejectRollbackRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RejectRollbackResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRejectRollbackMethod(), responseObserver);
    }

    /**
     * <pre>
     * Takes a rollback back: its requester can, and an admin. NOT_FOUND (ROLLBACK_NOT_FOUND), PERMISSION_DENIED
     * (NOT_REQUESTER), FAILED_PRECONDITION (ROLLBACK_FINISHED, ROLLBACK_STALE, ROLLBACK_EXPIRED).
     * </pre>
     */
    default void cancelRollback(dev.modeldex.v1.CancelRollbackRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CancelRollbackResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCancelRollbackMethod(), responseObserver);
    }

    /**
     * <pre>
     * Gives one rollback. NOT_FOUND (ROLLBACK_NOT_FOUND).
     * </pre>
     */
    default void getRollback(dev.modeldex.v1.GetRollbackRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetRollbackResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetRollbackMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists rollbacks, newest first.
     * </pre>
     */
    default void listRollbacks(dev.modeldex.v1.ListRollbacksRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListRollbacksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListRollbacksMethod(), responseObserver);
    }

    /**
     * <pre>
     * Pins a model that sources list, whole or in parts, to what it is or to given values: no refresh changes what is
     * pinned. It makes a version, also where the document stays equal. What differs from what sources say is told as
     * UPSTREAM_DRIFT: at once, whenever they say something else of what is pinned, and when a wider pin holds again. A pin
     * takes the place of pins at or under its path. One of a narrower path stands beside a wider one: while it is in force
     * it counts; when it ends, what the wider one holds is served again. A model has at most 200 pins. What is pinned can
     * be pinned again, also where no source lists it any more.
     * NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION (NOT_LISTED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    default void pinModel(dev.modeldex.v1.PinModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.PinModelResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPinModelMethod(), responseObserver);
    }

    /**
     * <pre>
     * Ends pins of a model, and publishes what sources say of what they held; where no source lists it any more, it
     * leaves the catalogue. One that a caller had saved before a source listed it becomes that of its sources.
     * NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION (NOT_PINNED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    default void unpinModel(dev.modeldex.v1.UnpinModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.UnpinModelResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUnpinModelMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the pins in force, by model and path. Pins of parts of a model that left the catalogue wait for it to come back,
     * and are not listed meanwhile.
     * </pre>
     */
    default void listModelPins(dev.modeldex.v1.ListModelPinsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelPinsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListModelPinsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Purges the documents of old versions now, and forgets old finished rollbacks; the server does so by itself every
     * hour. Of a version its number, hash, principal and time stay. Never purged: the newest versions of a model, what was
     * current within the retention, and what the log, a pin or an open rollback needs.
     * </pre>
     */
    default void cleanupHistory(dev.modeldex.v1.CleanupHistoryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CleanupHistoryResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCleanupHistoryMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists what was changed, or was tried to be, by whom, newest first. A caller with rights to some providers sees what
     * is about these.
     * </pre>
     */
    default void listAuditEvents(dev.modeldex.v1.ListAuditEventsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListAuditEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListAuditEventsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service HistoryService.
   * <pre>
   * HistoryService reads the versions of models, compares them, lists what changed and who changed it, and rolls models
   * forward to what they were, with approval where the server's policy asks for it.
   * Every change of a model (CREATE, UPDATE, DELETE, UNDELETE, ROLLBACK, PIN, UNPIN) is one immutable version with its
   * whole document. A write that leaves document and pins as they are makes none. GetModel and ListModels read the
   * catalogue as of a time or a revision.
   * A caller may have rights to some providers only. What is of others does not exist for it: reads fail as for what there
   * is not, lists leave it out, and writes fail with PERMISSION_DENIED (PROVIDER_DENIED).
   * Every answer carries the revision that it is current through. Reads take min_revision; writes take request_id, as in
   * DiscoveryService. Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST,
   * MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and
   * DEADLINE_EXCEEDED beside what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION).
   * </pre>
   */
  public static abstract class HistoryServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return HistoryServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service HistoryService.
   * <pre>
   * HistoryService reads the versions of models, compares them, lists what changed and who changed it, and rolls models
   * forward to what they were, with approval where the server's policy asks for it.
   * Every change of a model (CREATE, UPDATE, DELETE, UNDELETE, ROLLBACK, PIN, UNPIN) is one immutable version with its
   * whole document. A write that leaves document and pins as they are makes none. GetModel and ListModels read the
   * catalogue as of a time or a revision.
   * A caller may have rights to some providers only. What is of others does not exist for it: reads fail as for what there
   * is not, lists leave it out, and writes fail with PERMISSION_DENIED (PROVIDER_DENIED).
   * Every answer carries the revision that it is current through. Reads take min_revision; writes take request_id, as in
   * DiscoveryService. Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST,
   * MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and
   * DEADLINE_EXCEEDED beside what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION).
   * </pre>
   */
  public static final class HistoryServiceStub
      extends io.grpc.stub.AbstractAsyncStub<HistoryServiceStub> {
    private HistoryServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected HistoryServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new HistoryServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists the versions of a model, newest first, also of a deleted model, and those that were purged. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    public void listModelVersions(dev.modeldex.v1.ListModelVersionsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelVersionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListModelVersionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Gives one version with the whole model, or the newest. NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND),
     * FAILED_PRECONDITION (VERSION_PURGED).
     * </pre>
     */
    public void getModelVersion(dev.modeldex.v1.GetModelVersionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetModelVersionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetModelVersionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Compares any two versions of a model in either direction, or one with the current version. The diff is computed from
     * the two documents; a deletion is an empty document. NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND),
     * FAILED_PRECONDITION (VERSION_PURGED).
     * </pre>
     */
    public void compareModelVersions(dev.modeldex.v1.CompareModelVersionsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CompareModelVersionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCompareModelVersionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists changes across models, newest first. A page may hold fewer changes than asked for, also none, while there is a
     * next page: where a filter matches little, it says where to go on after it has looked at 20,000 versions.
     * </pre>
     */
    public void listModelChanges(dev.modeldex.v1.ListModelChangesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelChangesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListModelChangesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Counts versions and rollbacks.
     * </pre>
     */
    public void getVersionStats(dev.modeldex.v1.GetVersionStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetVersionStatsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetVersionStatsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Asks to put an earlier version of a model back. Where the server's policy asks for no approval it is executed at
     * once: the answer is EXECUTED. Otherwise it is PENDING, and shows what it would change. An executed rollback is a new
     * version with the document of the target; where sources list the model it is pinned with it, in the place of all its
     * pins, so that no refresh undoes it. A model that was deleted comes back. With break_glass it is executed without
     * approval: that needs the role break_glass beside writer (PERMISSION_DENIED) and a reason, and is told as an ALERT on
     * the feed.
     * NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND), FAILED_PRECONDITION (VERSION_PURGED, VERSION_IS_DELETION,
     * ROLLBACK_CHANGES_NOTHING, ROLLBACK_PENDING, ROLLBACK_DISABLED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public void requestRollback(dev.modeldex.v1.RequestRollbackRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RequestRollbackResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRequestRollbackMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Approves a rollback, by the diff that the approver saw. The last approval that is needed executes it, in the same
     * transaction. Approving twice counts once and answers with where it stands. NOT_FOUND (ROLLBACK_NOT_FOUND),
     * PERMISSION_DENIED (SELF_APPROVAL), FAILED_PRECONDITION (ROLLBACK_FINISHED, ROLLBACK_STALE, ROLLBACK_EXPIRED,
     * ROLLBACK_DIFF_MISMATCH, ROLLBACK_DISABLED).
     * </pre>
     */
    public void approveRollback(dev.modeldex.v1.ApproveRollbackRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ApproveRollbackResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getApproveRollbackMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Rejects a rollback, for good. NOT_FOUND (ROLLBACK_NOT_FOUND), FAILED_PRECONDITION (ROLLBACK_FINISHED,
     * ROLLBACK_STALE, ROLLBACK_EXPIRED).
     * </pre>
     */
    public void rejectRollback(dev.modeldex.v1.RejectRollbackRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RejectRollbackResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRejectRollbackMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Takes a rollback back: its requester can, and an admin. NOT_FOUND (ROLLBACK_NOT_FOUND), PERMISSION_DENIED
     * (NOT_REQUESTER), FAILED_PRECONDITION (ROLLBACK_FINISHED, ROLLBACK_STALE, ROLLBACK_EXPIRED).
     * </pre>
     */
    public void cancelRollback(dev.modeldex.v1.CancelRollbackRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CancelRollbackResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCancelRollbackMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Gives one rollback. NOT_FOUND (ROLLBACK_NOT_FOUND).
     * </pre>
     */
    public void getRollback(dev.modeldex.v1.GetRollbackRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetRollbackResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetRollbackMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists rollbacks, newest first.
     * </pre>
     */
    public void listRollbacks(dev.modeldex.v1.ListRollbacksRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListRollbacksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListRollbacksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Pins a model that sources list, whole or in parts, to what it is or to given values: no refresh changes what is
     * pinned. It makes a version, also where the document stays equal. What differs from what sources say is told as
     * UPSTREAM_DRIFT: at once, whenever they say something else of what is pinned, and when a wider pin holds again. A pin
     * takes the place of pins at or under its path. One of a narrower path stands beside a wider one: while it is in force
     * it counts; when it ends, what the wider one holds is served again. A model has at most 200 pins. What is pinned can
     * be pinned again, also where no source lists it any more.
     * NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION (NOT_LISTED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public void pinModel(dev.modeldex.v1.PinModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.PinModelResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPinModelMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Ends pins of a model, and publishes what sources say of what they held; where no source lists it any more, it
     * leaves the catalogue. One that a caller had saved before a source listed it becomes that of its sources.
     * NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION (NOT_PINNED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public void unpinModel(dev.modeldex.v1.UnpinModelRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.UnpinModelResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUnpinModelMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the pins in force, by model and path. Pins of parts of a model that left the catalogue wait for it to come back,
     * and are not listed meanwhile.
     * </pre>
     */
    public void listModelPins(dev.modeldex.v1.ListModelPinsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelPinsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListModelPinsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Purges the documents of old versions now, and forgets old finished rollbacks; the server does so by itself every
     * hour. Of a version its number, hash, principal and time stay. Never purged: the newest versions of a model, what was
     * current within the retention, and what the log, a pin or an open rollback needs.
     * </pre>
     */
    public void cleanupHistory(dev.modeldex.v1.CleanupHistoryRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CleanupHistoryResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCleanupHistoryMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists what was changed, or was tried to be, by whom, newest first. A caller with rights to some providers sees what
     * is about these.
     * </pre>
     */
    public void listAuditEvents(dev.modeldex.v1.ListAuditEventsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListAuditEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListAuditEventsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service HistoryService.
   * <pre>
   * HistoryService reads the versions of models, compares them, lists what changed and who changed it, and rolls models
   * forward to what they were, with approval where the server's policy asks for it.
   * Every change of a model (CREATE, UPDATE, DELETE, UNDELETE, ROLLBACK, PIN, UNPIN) is one immutable version with its
   * whole document. A write that leaves document and pins as they are makes none. GetModel and ListModels read the
   * catalogue as of a time or a revision.
   * A caller may have rights to some providers only. What is of others does not exist for it: reads fail as for what there
   * is not, lists leave it out, and writes fail with PERMISSION_DENIED (PROVIDER_DENIED).
   * Every answer carries the revision that it is current through. Reads take min_revision; writes take request_id, as in
   * DiscoveryService. Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST,
   * MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and
   * DEADLINE_EXCEEDED beside what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION).
   * </pre>
   */
  public static final class HistoryServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<HistoryServiceBlockingV2Stub> {
    private HistoryServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected HistoryServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new HistoryServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists the versions of a model, newest first, also of a deleted model, and those that were purged. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.ListModelVersionsResponse listModelVersions(dev.modeldex.v1.ListModelVersionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListModelVersionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives one version with the whole model, or the newest. NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND),
     * FAILED_PRECONDITION (VERSION_PURGED).
     * </pre>
     */
    public dev.modeldex.v1.GetModelVersionResponse getModelVersion(dev.modeldex.v1.GetModelVersionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetModelVersionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Compares any two versions of a model in either direction, or one with the current version. The diff is computed from
     * the two documents; a deletion is an empty document. NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND),
     * FAILED_PRECONDITION (VERSION_PURGED).
     * </pre>
     */
    public dev.modeldex.v1.CompareModelVersionsResponse compareModelVersions(dev.modeldex.v1.CompareModelVersionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCompareModelVersionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists changes across models, newest first. A page may hold fewer changes than asked for, also none, while there is a
     * next page: where a filter matches little, it says where to go on after it has looked at 20,000 versions.
     * </pre>
     */
    public dev.modeldex.v1.ListModelChangesResponse listModelChanges(dev.modeldex.v1.ListModelChangesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListModelChangesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts versions and rollbacks.
     * </pre>
     */
    public dev.modeldex.v1.GetVersionStatsResponse getVersionStats(dev.modeldex.v1.GetVersionStatsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetVersionStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Asks to put an earlier version of a model back. Where the server's policy asks for no approval it is executed at
     * once: the answer is EXECUTED. Otherwise it is PENDING, and shows what it would change. An executed rollback is a new
     * version with the document of the target; where sources list the model it is pinned with it, in the place of all its
     * pins, so that no refresh undoes it. A model that was deleted comes back. With break_glass it is executed without
     * approval: that needs the role break_glass beside writer (PERMISSION_DENIED) and a reason, and is told as an ALERT on
     * the feed.
     * NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND), FAILED_PRECONDITION (VERSION_PURGED, VERSION_IS_DELETION,
     * ROLLBACK_CHANGES_NOTHING, ROLLBACK_PENDING, ROLLBACK_DISABLED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.RequestRollbackResponse requestRollback(dev.modeldex.v1.RequestRollbackRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRequestRollbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Approves a rollback, by the diff that the approver saw. The last approval that is needed executes it, in the same
     * transaction. Approving twice counts once and answers with where it stands. NOT_FOUND (ROLLBACK_NOT_FOUND),
     * PERMISSION_DENIED (SELF_APPROVAL), FAILED_PRECONDITION (ROLLBACK_FINISHED, ROLLBACK_STALE, ROLLBACK_EXPIRED,
     * ROLLBACK_DIFF_MISMATCH, ROLLBACK_DISABLED).
     * </pre>
     */
    public dev.modeldex.v1.ApproveRollbackResponse approveRollback(dev.modeldex.v1.ApproveRollbackRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getApproveRollbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Rejects a rollback, for good. NOT_FOUND (ROLLBACK_NOT_FOUND), FAILED_PRECONDITION (ROLLBACK_FINISHED,
     * ROLLBACK_STALE, ROLLBACK_EXPIRED).
     * </pre>
     */
    public dev.modeldex.v1.RejectRollbackResponse rejectRollback(dev.modeldex.v1.RejectRollbackRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRejectRollbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a rollback back: its requester can, and an admin. NOT_FOUND (ROLLBACK_NOT_FOUND), PERMISSION_DENIED
     * (NOT_REQUESTER), FAILED_PRECONDITION (ROLLBACK_FINISHED, ROLLBACK_STALE, ROLLBACK_EXPIRED).
     * </pre>
     */
    public dev.modeldex.v1.CancelRollbackResponse cancelRollback(dev.modeldex.v1.CancelRollbackRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCancelRollbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives one rollback. NOT_FOUND (ROLLBACK_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.GetRollbackResponse getRollback(dev.modeldex.v1.GetRollbackRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetRollbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists rollbacks, newest first.
     * </pre>
     */
    public dev.modeldex.v1.ListRollbacksResponse listRollbacks(dev.modeldex.v1.ListRollbacksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListRollbacksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Pins a model that sources list, whole or in parts, to what it is or to given values: no refresh changes what is
     * pinned. It makes a version, also where the document stays equal. What differs from what sources say is told as
     * UPSTREAM_DRIFT: at once, whenever they say something else of what is pinned, and when a wider pin holds again. A pin
     * takes the place of pins at or under its path. One of a narrower path stands beside a wider one: while it is in force
     * it counts; when it ends, what the wider one holds is served again. A model has at most 200 pins. What is pinned can
     * be pinned again, also where no source lists it any more.
     * NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION (NOT_LISTED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.PinModelResponse pinModel(dev.modeldex.v1.PinModelRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPinModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends pins of a model, and publishes what sources say of what they held; where no source lists it any more, it
     * leaves the catalogue. One that a caller had saved before a source listed it becomes that of its sources.
     * NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION (NOT_PINNED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.UnpinModelResponse unpinModel(dev.modeldex.v1.UnpinModelRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUnpinModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the pins in force, by model and path. Pins of parts of a model that left the catalogue wait for it to come back,
     * and are not listed meanwhile.
     * </pre>
     */
    public dev.modeldex.v1.ListModelPinsResponse listModelPins(dev.modeldex.v1.ListModelPinsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListModelPinsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Purges the documents of old versions now, and forgets old finished rollbacks; the server does so by itself every
     * hour. Of a version its number, hash, principal and time stay. Never purged: the newest versions of a model, what was
     * current within the retention, and what the log, a pin or an open rollback needs.
     * </pre>
     */
    public dev.modeldex.v1.CleanupHistoryResponse cleanupHistory(dev.modeldex.v1.CleanupHistoryRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCleanupHistoryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists what was changed, or was tried to be, by whom, newest first. A caller with rights to some providers sees what
     * is about these.
     * </pre>
     */
    public dev.modeldex.v1.ListAuditEventsResponse listAuditEvents(dev.modeldex.v1.ListAuditEventsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListAuditEventsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service HistoryService.
   * <pre>
   * HistoryService reads the versions of models, compares them, lists what changed and who changed it, and rolls models
   * forward to what they were, with approval where the server's policy asks for it.
   * Every change of a model (CREATE, UPDATE, DELETE, UNDELETE, ROLLBACK, PIN, UNPIN) is one immutable version with its
   * whole document. A write that leaves document and pins as they are makes none. GetModel and ListModels read the
   * catalogue as of a time or a revision.
   * A caller may have rights to some providers only. What is of others does not exist for it: reads fail as for what there
   * is not, lists leave it out, and writes fail with PERMISSION_DENIED (PROVIDER_DENIED).
   * Every answer carries the revision that it is current through. Reads take min_revision; writes take request_id, as in
   * DiscoveryService. Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST,
   * MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and
   * DEADLINE_EXCEEDED beside what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION).
   * </pre>
   */
  public static final class HistoryServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<HistoryServiceBlockingStub> {
    private HistoryServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected HistoryServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new HistoryServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists the versions of a model, newest first, also of a deleted model, and those that were purged. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.ListModelVersionsResponse listModelVersions(dev.modeldex.v1.ListModelVersionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListModelVersionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives one version with the whole model, or the newest. NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND),
     * FAILED_PRECONDITION (VERSION_PURGED).
     * </pre>
     */
    public dev.modeldex.v1.GetModelVersionResponse getModelVersion(dev.modeldex.v1.GetModelVersionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetModelVersionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Compares any two versions of a model in either direction, or one with the current version. The diff is computed from
     * the two documents; a deletion is an empty document. NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND),
     * FAILED_PRECONDITION (VERSION_PURGED).
     * </pre>
     */
    public dev.modeldex.v1.CompareModelVersionsResponse compareModelVersions(dev.modeldex.v1.CompareModelVersionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCompareModelVersionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists changes across models, newest first. A page may hold fewer changes than asked for, also none, while there is a
     * next page: where a filter matches little, it says where to go on after it has looked at 20,000 versions.
     * </pre>
     */
    public dev.modeldex.v1.ListModelChangesResponse listModelChanges(dev.modeldex.v1.ListModelChangesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListModelChangesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts versions and rollbacks.
     * </pre>
     */
    public dev.modeldex.v1.GetVersionStatsResponse getVersionStats(dev.modeldex.v1.GetVersionStatsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetVersionStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Asks to put an earlier version of a model back. Where the server's policy asks for no approval it is executed at
     * once: the answer is EXECUTED. Otherwise it is PENDING, and shows what it would change. An executed rollback is a new
     * version with the document of the target; where sources list the model it is pinned with it, in the place of all its
     * pins, so that no refresh undoes it. A model that was deleted comes back. With break_glass it is executed without
     * approval: that needs the role break_glass beside writer (PERMISSION_DENIED) and a reason, and is told as an ALERT on
     * the feed.
     * NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND), FAILED_PRECONDITION (VERSION_PURGED, VERSION_IS_DELETION,
     * ROLLBACK_CHANGES_NOTHING, ROLLBACK_PENDING, ROLLBACK_DISABLED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.RequestRollbackResponse requestRollback(dev.modeldex.v1.RequestRollbackRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRequestRollbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Approves a rollback, by the diff that the approver saw. The last approval that is needed executes it, in the same
     * transaction. Approving twice counts once and answers with where it stands. NOT_FOUND (ROLLBACK_NOT_FOUND),
     * PERMISSION_DENIED (SELF_APPROVAL), FAILED_PRECONDITION (ROLLBACK_FINISHED, ROLLBACK_STALE, ROLLBACK_EXPIRED,
     * ROLLBACK_DIFF_MISMATCH, ROLLBACK_DISABLED).
     * </pre>
     */
    public dev.modeldex.v1.ApproveRollbackResponse approveRollback(dev.modeldex.v1.ApproveRollbackRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getApproveRollbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Rejects a rollback, for good. NOT_FOUND (ROLLBACK_NOT_FOUND), FAILED_PRECONDITION (ROLLBACK_FINISHED,
     * ROLLBACK_STALE, ROLLBACK_EXPIRED).
     * </pre>
     */
    public dev.modeldex.v1.RejectRollbackResponse rejectRollback(dev.modeldex.v1.RejectRollbackRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRejectRollbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a rollback back: its requester can, and an admin. NOT_FOUND (ROLLBACK_NOT_FOUND), PERMISSION_DENIED
     * (NOT_REQUESTER), FAILED_PRECONDITION (ROLLBACK_FINISHED, ROLLBACK_STALE, ROLLBACK_EXPIRED).
     * </pre>
     */
    public dev.modeldex.v1.CancelRollbackResponse cancelRollback(dev.modeldex.v1.CancelRollbackRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCancelRollbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives one rollback. NOT_FOUND (ROLLBACK_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.GetRollbackResponse getRollback(dev.modeldex.v1.GetRollbackRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetRollbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists rollbacks, newest first.
     * </pre>
     */
    public dev.modeldex.v1.ListRollbacksResponse listRollbacks(dev.modeldex.v1.ListRollbacksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListRollbacksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Pins a model that sources list, whole or in parts, to what it is or to given values: no refresh changes what is
     * pinned. It makes a version, also where the document stays equal. What differs from what sources say is told as
     * UPSTREAM_DRIFT: at once, whenever they say something else of what is pinned, and when a wider pin holds again. A pin
     * takes the place of pins at or under its path. One of a narrower path stands beside a wider one: while it is in force
     * it counts; when it ends, what the wider one holds is served again. A model has at most 200 pins. What is pinned can
     * be pinned again, also where no source lists it any more.
     * NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION (NOT_LISTED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.PinModelResponse pinModel(dev.modeldex.v1.PinModelRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPinModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends pins of a model, and publishes what sources say of what they held; where no source lists it any more, it
     * leaves the catalogue. One that a caller had saved before a source listed it becomes that of its sources.
     * NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION (NOT_PINNED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public dev.modeldex.v1.UnpinModelResponse unpinModel(dev.modeldex.v1.UnpinModelRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUnpinModelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the pins in force, by model and path. Pins of parts of a model that left the catalogue wait for it to come back,
     * and are not listed meanwhile.
     * </pre>
     */
    public dev.modeldex.v1.ListModelPinsResponse listModelPins(dev.modeldex.v1.ListModelPinsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListModelPinsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Purges the documents of old versions now, and forgets old finished rollbacks; the server does so by itself every
     * hour. Of a version its number, hash, principal and time stay. Never purged: the newest versions of a model, what was
     * current within the retention, and what the log, a pin or an open rollback needs.
     * </pre>
     */
    public dev.modeldex.v1.CleanupHistoryResponse cleanupHistory(dev.modeldex.v1.CleanupHistoryRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCleanupHistoryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists what was changed, or was tried to be, by whom, newest first. A caller with rights to some providers sees what
     * is about these.
     * </pre>
     */
    public dev.modeldex.v1.ListAuditEventsResponse listAuditEvents(dev.modeldex.v1.ListAuditEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListAuditEventsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service HistoryService.
   * <pre>
   * HistoryService reads the versions of models, compares them, lists what changed and who changed it, and rolls models
   * forward to what they were, with approval where the server's policy asks for it.
   * Every change of a model (CREATE, UPDATE, DELETE, UNDELETE, ROLLBACK, PIN, UNPIN) is one immutable version with its
   * whole document. A write that leaves document and pins as they are makes none. GetModel and ListModels read the
   * catalogue as of a time or a revision.
   * A caller may have rights to some providers only. What is of others does not exist for it: reads fail as for what there
   * is not, lists leave it out, and writes fail with PERMISSION_DENIED (PROVIDER_DENIED).
   * Every answer carries the revision that it is current through. Reads take min_revision; writes take request_id, as in
   * DiscoveryService. Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST,
   * MALFORMED_REQUEST), RESOURCE_EXHAUSTED (RATE_LIMITED), UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING) and
   * DEADLINE_EXCEEDED beside what its comment names; a write also with UNAVAILABLE (COMMIT_UNKNOWN, WRITE_CONTENTION).
   * </pre>
   */
  public static final class HistoryServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<HistoryServiceFutureStub> {
    private HistoryServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected HistoryServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new HistoryServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists the versions of a model, newest first, also of a deleted model, and those that were purged. NOT_FOUND
     * (MODEL_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListModelVersionsResponse> listModelVersions(
        dev.modeldex.v1.ListModelVersionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListModelVersionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Gives one version with the whole model, or the newest. NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND),
     * FAILED_PRECONDITION (VERSION_PURGED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetModelVersionResponse> getModelVersion(
        dev.modeldex.v1.GetModelVersionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetModelVersionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Compares any two versions of a model in either direction, or one with the current version. The diff is computed from
     * the two documents; a deletion is an empty document. NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND),
     * FAILED_PRECONDITION (VERSION_PURGED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.CompareModelVersionsResponse> compareModelVersions(
        dev.modeldex.v1.CompareModelVersionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCompareModelVersionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists changes across models, newest first. A page may hold fewer changes than asked for, also none, while there is a
     * next page: where a filter matches little, it says where to go on after it has looked at 20,000 versions.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListModelChangesResponse> listModelChanges(
        dev.modeldex.v1.ListModelChangesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListModelChangesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Counts versions and rollbacks.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetVersionStatsResponse> getVersionStats(
        dev.modeldex.v1.GetVersionStatsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetVersionStatsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Asks to put an earlier version of a model back. Where the server's policy asks for no approval it is executed at
     * once: the answer is EXECUTED. Otherwise it is PENDING, and shows what it would change. An executed rollback is a new
     * version with the document of the target; where sources list the model it is pinned with it, in the place of all its
     * pins, so that no refresh undoes it. A model that was deleted comes back. With break_glass it is executed without
     * approval: that needs the role break_glass beside writer (PERMISSION_DENIED) and a reason, and is told as an ALERT on
     * the feed.
     * NOT_FOUND (MODEL_NOT_FOUND, VERSION_NOT_FOUND), FAILED_PRECONDITION (VERSION_PURGED, VERSION_IS_DELETION,
     * ROLLBACK_CHANGES_NOTHING, ROLLBACK_PENDING, ROLLBACK_DISABLED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.RequestRollbackResponse> requestRollback(
        dev.modeldex.v1.RequestRollbackRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRequestRollbackMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Approves a rollback, by the diff that the approver saw. The last approval that is needed executes it, in the same
     * transaction. Approving twice counts once and answers with where it stands. NOT_FOUND (ROLLBACK_NOT_FOUND),
     * PERMISSION_DENIED (SELF_APPROVAL), FAILED_PRECONDITION (ROLLBACK_FINISHED, ROLLBACK_STALE, ROLLBACK_EXPIRED,
     * ROLLBACK_DIFF_MISMATCH, ROLLBACK_DISABLED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ApproveRollbackResponse> approveRollback(
        dev.modeldex.v1.ApproveRollbackRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getApproveRollbackMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Rejects a rollback, for good. NOT_FOUND (ROLLBACK_NOT_FOUND), FAILED_PRECONDITION (ROLLBACK_FINISHED,
     * ROLLBACK_STALE, ROLLBACK_EXPIRED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.RejectRollbackResponse> rejectRollback(
        dev.modeldex.v1.RejectRollbackRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRejectRollbackMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Takes a rollback back: its requester can, and an admin. NOT_FOUND (ROLLBACK_NOT_FOUND), PERMISSION_DENIED
     * (NOT_REQUESTER), FAILED_PRECONDITION (ROLLBACK_FINISHED, ROLLBACK_STALE, ROLLBACK_EXPIRED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.CancelRollbackResponse> cancelRollback(
        dev.modeldex.v1.CancelRollbackRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCancelRollbackMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Gives one rollback. NOT_FOUND (ROLLBACK_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetRollbackResponse> getRollback(
        dev.modeldex.v1.GetRollbackRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetRollbackMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists rollbacks, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListRollbacksResponse> listRollbacks(
        dev.modeldex.v1.ListRollbacksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListRollbacksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Pins a model that sources list, whole or in parts, to what it is or to given values: no refresh changes what is
     * pinned. It makes a version, also where the document stays equal. What differs from what sources say is told as
     * UPSTREAM_DRIFT: at once, whenever they say something else of what is pinned, and when a wider pin holds again. A pin
     * takes the place of pins at or under its path. One of a narrower path stands beside a wider one: while it is in force
     * it counts; when it ends, what the wider one holds is served again. A model has at most 200 pins. What is pinned can
     * be pinned again, also where no source lists it any more.
     * NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION (NOT_LISTED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.PinModelResponse> pinModel(
        dev.modeldex.v1.PinModelRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPinModelMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Ends pins of a model, and publishes what sources say of what they held; where no source lists it any more, it
     * leaves the catalogue. One that a caller had saved before a source listed it becomes that of its sources.
     * NOT_FOUND (MODEL_NOT_FOUND), FAILED_PRECONDITION (NOT_PINNED), ABORTED (VERSION_MISMATCH).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.UnpinModelResponse> unpinModel(
        dev.modeldex.v1.UnpinModelRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUnpinModelMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the pins in force, by model and path. Pins of parts of a model that left the catalogue wait for it to come back,
     * and are not listed meanwhile.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListModelPinsResponse> listModelPins(
        dev.modeldex.v1.ListModelPinsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListModelPinsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Purges the documents of old versions now, and forgets old finished rollbacks; the server does so by itself every
     * hour. Of a version its number, hash, principal and time stay. Never purged: the newest versions of a model, what was
     * current within the retention, and what the log, a pin or an open rollback needs.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.CleanupHistoryResponse> cleanupHistory(
        dev.modeldex.v1.CleanupHistoryRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCleanupHistoryMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists what was changed, or was tried to be, by whom, newest first. A caller with rights to some providers sees what
     * is about these.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListAuditEventsResponse> listAuditEvents(
        dev.modeldex.v1.ListAuditEventsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListAuditEventsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_MODEL_VERSIONS = 0;
  private static final int METHODID_GET_MODEL_VERSION = 1;
  private static final int METHODID_COMPARE_MODEL_VERSIONS = 2;
  private static final int METHODID_LIST_MODEL_CHANGES = 3;
  private static final int METHODID_GET_VERSION_STATS = 4;
  private static final int METHODID_REQUEST_ROLLBACK = 5;
  private static final int METHODID_APPROVE_ROLLBACK = 6;
  private static final int METHODID_REJECT_ROLLBACK = 7;
  private static final int METHODID_CANCEL_ROLLBACK = 8;
  private static final int METHODID_GET_ROLLBACK = 9;
  private static final int METHODID_LIST_ROLLBACKS = 10;
  private static final int METHODID_PIN_MODEL = 11;
  private static final int METHODID_UNPIN_MODEL = 12;
  private static final int METHODID_LIST_MODEL_PINS = 13;
  private static final int METHODID_CLEANUP_HISTORY = 14;
  private static final int METHODID_LIST_AUDIT_EVENTS = 15;

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
        case METHODID_LIST_MODEL_VERSIONS:
          serviceImpl.listModelVersions((dev.modeldex.v1.ListModelVersionsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelVersionsResponse>) responseObserver);
          break;
        case METHODID_GET_MODEL_VERSION:
          serviceImpl.getModelVersion((dev.modeldex.v1.GetModelVersionRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetModelVersionResponse>) responseObserver);
          break;
        case METHODID_COMPARE_MODEL_VERSIONS:
          serviceImpl.compareModelVersions((dev.modeldex.v1.CompareModelVersionsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.CompareModelVersionsResponse>) responseObserver);
          break;
        case METHODID_LIST_MODEL_CHANGES:
          serviceImpl.listModelChanges((dev.modeldex.v1.ListModelChangesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelChangesResponse>) responseObserver);
          break;
        case METHODID_GET_VERSION_STATS:
          serviceImpl.getVersionStats((dev.modeldex.v1.GetVersionStatsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetVersionStatsResponse>) responseObserver);
          break;
        case METHODID_REQUEST_ROLLBACK:
          serviceImpl.requestRollback((dev.modeldex.v1.RequestRollbackRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.RequestRollbackResponse>) responseObserver);
          break;
        case METHODID_APPROVE_ROLLBACK:
          serviceImpl.approveRollback((dev.modeldex.v1.ApproveRollbackRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ApproveRollbackResponse>) responseObserver);
          break;
        case METHODID_REJECT_ROLLBACK:
          serviceImpl.rejectRollback((dev.modeldex.v1.RejectRollbackRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.RejectRollbackResponse>) responseObserver);
          break;
        case METHODID_CANCEL_ROLLBACK:
          serviceImpl.cancelRollback((dev.modeldex.v1.CancelRollbackRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.CancelRollbackResponse>) responseObserver);
          break;
        case METHODID_GET_ROLLBACK:
          serviceImpl.getRollback((dev.modeldex.v1.GetRollbackRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetRollbackResponse>) responseObserver);
          break;
        case METHODID_LIST_ROLLBACKS:
          serviceImpl.listRollbacks((dev.modeldex.v1.ListRollbacksRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListRollbacksResponse>) responseObserver);
          break;
        case METHODID_PIN_MODEL:
          serviceImpl.pinModel((dev.modeldex.v1.PinModelRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.PinModelResponse>) responseObserver);
          break;
        case METHODID_UNPIN_MODEL:
          serviceImpl.unpinModel((dev.modeldex.v1.UnpinModelRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.UnpinModelResponse>) responseObserver);
          break;
        case METHODID_LIST_MODEL_PINS:
          serviceImpl.listModelPins((dev.modeldex.v1.ListModelPinsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListModelPinsResponse>) responseObserver);
          break;
        case METHODID_CLEANUP_HISTORY:
          serviceImpl.cleanupHistory((dev.modeldex.v1.CleanupHistoryRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.CleanupHistoryResponse>) responseObserver);
          break;
        case METHODID_LIST_AUDIT_EVENTS:
          serviceImpl.listAuditEvents((dev.modeldex.v1.ListAuditEventsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListAuditEventsResponse>) responseObserver);
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
          getListModelVersionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListModelVersionsRequest,
              dev.modeldex.v1.ListModelVersionsResponse>(
                service, METHODID_LIST_MODEL_VERSIONS)))
        .addMethod(
          getGetModelVersionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetModelVersionRequest,
              dev.modeldex.v1.GetModelVersionResponse>(
                service, METHODID_GET_MODEL_VERSION)))
        .addMethod(
          getCompareModelVersionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.CompareModelVersionsRequest,
              dev.modeldex.v1.CompareModelVersionsResponse>(
                service, METHODID_COMPARE_MODEL_VERSIONS)))
        .addMethod(
          getListModelChangesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListModelChangesRequest,
              dev.modeldex.v1.ListModelChangesResponse>(
                service, METHODID_LIST_MODEL_CHANGES)))
        .addMethod(
          getGetVersionStatsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetVersionStatsRequest,
              dev.modeldex.v1.GetVersionStatsResponse>(
                service, METHODID_GET_VERSION_STATS)))
        .addMethod(
          getRequestRollbackMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.RequestRollbackRequest,
              dev.modeldex.v1.RequestRollbackResponse>(
                service, METHODID_REQUEST_ROLLBACK)))
        .addMethod(
          getApproveRollbackMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ApproveRollbackRequest,
              dev.modeldex.v1.ApproveRollbackResponse>(
                service, METHODID_APPROVE_ROLLBACK)))
        .addMethod(
          getRejectRollbackMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.RejectRollbackRequest,
              dev.modeldex.v1.RejectRollbackResponse>(
                service, METHODID_REJECT_ROLLBACK)))
        .addMethod(
          getCancelRollbackMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.CancelRollbackRequest,
              dev.modeldex.v1.CancelRollbackResponse>(
                service, METHODID_CANCEL_ROLLBACK)))
        .addMethod(
          getGetRollbackMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetRollbackRequest,
              dev.modeldex.v1.GetRollbackResponse>(
                service, METHODID_GET_ROLLBACK)))
        .addMethod(
          getListRollbacksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListRollbacksRequest,
              dev.modeldex.v1.ListRollbacksResponse>(
                service, METHODID_LIST_ROLLBACKS)))
        .addMethod(
          getPinModelMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.PinModelRequest,
              dev.modeldex.v1.PinModelResponse>(
                service, METHODID_PIN_MODEL)))
        .addMethod(
          getUnpinModelMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.UnpinModelRequest,
              dev.modeldex.v1.UnpinModelResponse>(
                service, METHODID_UNPIN_MODEL)))
        .addMethod(
          getListModelPinsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListModelPinsRequest,
              dev.modeldex.v1.ListModelPinsResponse>(
                service, METHODID_LIST_MODEL_PINS)))
        .addMethod(
          getCleanupHistoryMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.CleanupHistoryRequest,
              dev.modeldex.v1.CleanupHistoryResponse>(
                service, METHODID_CLEANUP_HISTORY)))
        .addMethod(
          getListAuditEventsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListAuditEventsRequest,
              dev.modeldex.v1.ListAuditEventsResponse>(
                service, METHODID_LIST_AUDIT_EVENTS)))
        .build();
  }

  private static abstract class HistoryServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    HistoryServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.modeldex.v1.HistoryServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("HistoryService");
    }
  }

  private static final class HistoryServiceFileDescriptorSupplier
      extends HistoryServiceBaseDescriptorSupplier {
    HistoryServiceFileDescriptorSupplier() {}
  }

  private static final class HistoryServiceMethodDescriptorSupplier
      extends HistoryServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    HistoryServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (HistoryServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new HistoryServiceFileDescriptorSupplier())
              .addMethod(getListModelVersionsMethod())
              .addMethod(getGetModelVersionMethod())
              .addMethod(getCompareModelVersionsMethod())
              .addMethod(getListModelChangesMethod())
              .addMethod(getGetVersionStatsMethod())
              .addMethod(getRequestRollbackMethod())
              .addMethod(getApproveRollbackMethod())
              .addMethod(getRejectRollbackMethod())
              .addMethod(getCancelRollbackMethod())
              .addMethod(getGetRollbackMethod())
              .addMethod(getListRollbacksMethod())
              .addMethod(getPinModelMethod())
              .addMethod(getUnpinModelMethod())
              .addMethod(getListModelPinsMethod())
              .addMethod(getCleanupHistoryMethod())
              .addMethod(getListAuditEventsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
