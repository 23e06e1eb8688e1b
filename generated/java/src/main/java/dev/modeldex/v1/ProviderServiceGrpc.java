package dev.modeldex.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * ProviderService tells who serves models and how discovery stands with them.
 * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
 * UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING, REVISION_NOT_REACHED) and DEADLINE_EXCEEDED beside what its
 * comment names.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ProviderServiceGrpc {

  private ProviderServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "modeldex.v1.ProviderService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetProviderRequest,
      dev.modeldex.v1.GetProviderResponse> getGetProviderMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetProvider",
      requestType = dev.modeldex.v1.GetProviderRequest.class,
      responseType = dev.modeldex.v1.GetProviderResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetProviderRequest,
      dev.modeldex.v1.GetProviderResponse> getGetProviderMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetProviderRequest, dev.modeldex.v1.GetProviderResponse> getGetProviderMethod;
    if ((getGetProviderMethod = ProviderServiceGrpc.getGetProviderMethod) == null) {
      synchronized (ProviderServiceGrpc.class) {
        if ((getGetProviderMethod = ProviderServiceGrpc.getGetProviderMethod) == null) {
          ProviderServiceGrpc.getGetProviderMethod = getGetProviderMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetProviderRequest, dev.modeldex.v1.GetProviderResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetProvider"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetProviderRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetProviderResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProviderServiceMethodDescriptorSupplier("GetProvider"))
              .build();
        }
      }
    }
    return getGetProviderMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListProvidersRequest,
      dev.modeldex.v1.ListProvidersResponse> getListProvidersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListProviders",
      requestType = dev.modeldex.v1.ListProvidersRequest.class,
      responseType = dev.modeldex.v1.ListProvidersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListProvidersRequest,
      dev.modeldex.v1.ListProvidersResponse> getListProvidersMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListProvidersRequest, dev.modeldex.v1.ListProvidersResponse> getListProvidersMethod;
    if ((getListProvidersMethod = ProviderServiceGrpc.getListProvidersMethod) == null) {
      synchronized (ProviderServiceGrpc.class) {
        if ((getListProvidersMethod = ProviderServiceGrpc.getListProvidersMethod) == null) {
          ProviderServiceGrpc.getListProvidersMethod = getListProvidersMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListProvidersRequest, dev.modeldex.v1.ListProvidersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListProviders"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListProvidersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListProvidersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProviderServiceMethodDescriptorSupplier("ListProviders"))
              .build();
        }
      }
    }
    return getListProvidersMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ProviderServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ProviderServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ProviderServiceStub>() {
        @java.lang.Override
        public ProviderServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ProviderServiceStub(channel, callOptions);
        }
      };
    return ProviderServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ProviderServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ProviderServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ProviderServiceBlockingV2Stub>() {
        @java.lang.Override
        public ProviderServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ProviderServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ProviderServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ProviderServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ProviderServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ProviderServiceBlockingStub>() {
        @java.lang.Override
        public ProviderServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ProviderServiceBlockingStub(channel, callOptions);
        }
      };
    return ProviderServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ProviderServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ProviderServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ProviderServiceFutureStub>() {
        @java.lang.Override
        public ProviderServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ProviderServiceFutureStub(channel, callOptions);
        }
      };
    return ProviderServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * ProviderService tells who serves models and how discovery stands with them.
   * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
   * UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING, REVISION_NOT_REACHED) and DEADLINE_EXCEEDED beside what its
   * comment names.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Gives one provider. NOT_FOUND (PROVIDER_NOT_FOUND) where no source knows it.
     * </pre>
     */
    default void getProvider(dev.modeldex.v1.GetProviderRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetProviderResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetProviderMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the providers, ordered by id.
     * </pre>
     */
    default void listProviders(dev.modeldex.v1.ListProvidersRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListProvidersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListProvidersMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ProviderService.
   * <pre>
   * ProviderService tells who serves models and how discovery stands with them.
   * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
   * UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING, REVISION_NOT_REACHED) and DEADLINE_EXCEEDED beside what its
   * comment names.
   * </pre>
   */
  public static abstract class ProviderServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ProviderServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ProviderService.
   * <pre>
   * ProviderService tells who serves models and how discovery stands with them.
   * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
   * UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING, REVISION_NOT_REACHED) and DEADLINE_EXCEEDED beside what its
   * comment names.
   * </pre>
   */
  public static final class ProviderServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ProviderServiceStub> {
    private ProviderServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ProviderServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ProviderServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Gives one provider. NOT_FOUND (PROVIDER_NOT_FOUND) where no source knows it.
     * </pre>
     */
    public void getProvider(dev.modeldex.v1.GetProviderRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetProviderResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetProviderMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the providers, ordered by id.
     * </pre>
     */
    public void listProviders(dev.modeldex.v1.ListProvidersRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListProvidersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListProvidersMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ProviderService.
   * <pre>
   * ProviderService tells who serves models and how discovery stands with them.
   * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
   * UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING, REVISION_NOT_REACHED) and DEADLINE_EXCEEDED beside what its
   * comment names.
   * </pre>
   */
  public static final class ProviderServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ProviderServiceBlockingV2Stub> {
    private ProviderServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ProviderServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ProviderServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Gives one provider. NOT_FOUND (PROVIDER_NOT_FOUND) where no source knows it.
     * </pre>
     */
    public dev.modeldex.v1.GetProviderResponse getProvider(dev.modeldex.v1.GetProviderRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetProviderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the providers, ordered by id.
     * </pre>
     */
    public dev.modeldex.v1.ListProvidersResponse listProviders(dev.modeldex.v1.ListProvidersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListProvidersMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ProviderService.
   * <pre>
   * ProviderService tells who serves models and how discovery stands with them.
   * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
   * UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING, REVISION_NOT_REACHED) and DEADLINE_EXCEEDED beside what its
   * comment names.
   * </pre>
   */
  public static final class ProviderServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ProviderServiceBlockingStub> {
    private ProviderServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ProviderServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ProviderServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Gives one provider. NOT_FOUND (PROVIDER_NOT_FOUND) where no source knows it.
     * </pre>
     */
    public dev.modeldex.v1.GetProviderResponse getProvider(dev.modeldex.v1.GetProviderRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetProviderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the providers, ordered by id.
     * </pre>
     */
    public dev.modeldex.v1.ListProvidersResponse listProviders(dev.modeldex.v1.ListProvidersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListProvidersMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ProviderService.
   * <pre>
   * ProviderService tells who serves models and how discovery stands with them.
   * Every call can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST),
   * UNAVAILABLE (STORE_UNAVAILABLE, NOT_READY, DRAINING, REVISION_NOT_REACHED) and DEADLINE_EXCEEDED beside what its
   * comment names.
   * </pre>
   */
  public static final class ProviderServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ProviderServiceFutureStub> {
    private ProviderServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ProviderServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ProviderServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Gives one provider. NOT_FOUND (PROVIDER_NOT_FOUND) where no source knows it.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetProviderResponse> getProvider(
        dev.modeldex.v1.GetProviderRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetProviderMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the providers, ordered by id.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListProvidersResponse> listProviders(
        dev.modeldex.v1.ListProvidersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListProvidersMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_PROVIDER = 0;
  private static final int METHODID_LIST_PROVIDERS = 1;

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
        case METHODID_GET_PROVIDER:
          serviceImpl.getProvider((dev.modeldex.v1.GetProviderRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetProviderResponse>) responseObserver);
          break;
        case METHODID_LIST_PROVIDERS:
          serviceImpl.listProviders((dev.modeldex.v1.ListProvidersRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListProvidersResponse>) responseObserver);
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
          getGetProviderMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetProviderRequest,
              dev.modeldex.v1.GetProviderResponse>(
                service, METHODID_GET_PROVIDER)))
        .addMethod(
          getListProvidersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListProvidersRequest,
              dev.modeldex.v1.ListProvidersResponse>(
                service, METHODID_LIST_PROVIDERS)))
        .build();
  }

  private static abstract class ProviderServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ProviderServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.modeldex.v1.ProviderServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ProviderService");
    }
  }

  private static final class ProviderServiceFileDescriptorSupplier
      extends ProviderServiceBaseDescriptorSupplier {
    ProviderServiceFileDescriptorSupplier() {}
  }

  private static final class ProviderServiceMethodDescriptorSupplier
      extends ProviderServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ProviderServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ProviderServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ProviderServiceFileDescriptorSupplier())
              .addMethod(getGetProviderMethod())
              .addMethod(getListProvidersMethod())
              .build();
        }
      }
    }
    return result;
  }
}
